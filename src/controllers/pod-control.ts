// Creating and deleting the pods of a controller, with the events that tell of it.
// Upstream: RealPodControl in k8s.io/kubernetes/pkg/controller/controller_utils.go.
import type { Pod, PodTemplateSpec } from '#types/core_v1';
import type { OwnerReference } from '../api/object.ts';
import { isNamespaceTerminating, isNotFound } from '../client/api-errors.ts';
import type { Client } from '../client/client.ts';
import type { EventRecorder, EventSubject } from '../client/event-recorder.ts';
import { pods } from '../client/resources.ts';

/** The pod that a template describes. Shares the template's parts: for sending only. */
export function podFromTemplate(
  template: PodTemplateSpec,
  namespace: string,
  controller: OwnerReference,
  generateName: string,
): Pod {
  const { labels, annotations, finalizers } = template.metadata ?? {};
  const ownerReferences = [controller];
  const metadata = { generateName, namespace, labels, annotations, finalizers, ownerReferences };
  return { metadata, spec: template.spec, status: {} };
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Writes pods in the name of their controllers. */
export class PodControl {
  private readonly client: Client;
  private readonly events: EventRecorder;

  constructor(client: Client, events: EventRecorder) {
    this.client = client;
    this.events = events;
  }

  /**
   * Creates a pod of the owner; resolves with its name. Records SuccessfulCreate or FailedCreate; a namespace that is being deleted gives no event.
   * Rejects with what the server said.
   */
  async create(owner: EventSubject, template: PodTemplateSpec, controller: OwnerReference): Promise<string> {
    const { namespace, name } = owner.metadata;
    if (Object.keys(template.metadata?.labels ?? {}).length === 0)
      throw new Error('unable to create pods, no labels');
    let created: string;
    try {
      const pod = podFromTemplate(template, namespace!, controller, `${name}-`);
      created = await this.client.createNamed(pods, pod);
    } catch (error) {
      if (!isNamespaceTerminating(error))
        this.events.event(owner, 'Warning', 'FailedCreate', `Error creating: ${textOf(error)}`);
      throw error;
    }
    this.events.event(owner, 'Normal', 'SuccessfulCreate', `Created pod: ${created}`);
    return created;
  }

  /** Deletes a pod of the owner. Records SuccessfulDelete or FailedDelete. Rejects with NotFound as it is. */
  async delete(owner: EventSubject, pod: Pod): Promise<void> {
    try {
      await this.client.delete(pods, pod, { unread: true });
    } catch (error) {
      if (isNotFound(error)) throw error;
      this.events.event(owner, 'Warning', 'FailedDelete', `Error deleting: ${textOf(error)}`);
      throw new Error(`unable to delete pods: ${textOf(error)}`, { cause: error });
    }
    this.events.event(owner, 'Normal', 'SuccessfulDelete', `Deleted pod: ${pod.metadata.name}`);
  }
}
