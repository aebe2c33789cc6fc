// Binding a pod to a node: pods/binding and the older bindings resource.
// Upstream: BindingREST in pkg/registry/core/pod/storage/storage.go in kubernetes/kubernetes.
import type { Binding, Pod } from '#types/core_v1';
import { notSupported, ofPlainType, required } from '../../api/field-error.ts';
import { path } from '../../api/field-path.ts';
import type { KubeObject } from '../../api/object.ts';
import { badRequest, conflict, invalidObject, notFound, success } from '../../api/status.ts';
import { formatTime } from '../../api/time.ts';
import { decodeAs } from '../encoding/body.ts';
import type { Exchange } from '../exchange.ts';
import { admitBody } from '../handlers/body-admission.ts';
import type { Handler, HandlerContext } from '../handlers/handler.ts';
import { runPlainUpdate } from '../handlers/plain-update.ts';
import { writeOptionsOf } from '../request-options.ts';
import { keyOf, type ServedResource } from '../resources.ts';
import { sendValue } from '../respond.ts';
import type { SubresourceModule } from './subresource.ts';

function checkBinding(binding: Binding): void {
  const errors = [];
  const target = path('target');
  if (binding.target.kind && binding.target.kind !== 'Node')
    errors.push(notSupported(target.child('kind'), ofPlainType(binding.target.kind), ['Node', '<empty>']));
  if (!binding.target.name) errors.push(required(target.child('name')));
  if (errors.length > 0)
    throw invalidObject({ group: '', kind: 'Binding' }, binding.metadata.name ?? '', errors);
}

/** The pod with its node, with what the binding carries, and the PodScheduled condition. Throws 409 when it can't be bound. */
function bound(pod: Pod & KubeObject, binding: Binding, now: number): Pod & KubeObject {
  const name = pod.metadata.name ?? '';
  const refuse = (why: string): Error => conflict({ group: '', resource: 'pods/binding' }, name, why);
  const uid = binding.metadata.uid;
  if (uid && uid !== pod.metadata.uid)
    throw refuse(`Precondition failed: UID in precondition: ${uid}, UID in object meta: ${pod.metadata.uid}`);
  const version = binding.metadata.resourceVersion;
  if (version && version !== pod.metadata.resourceVersion)
    throw refuse(
      `Precondition failed: ResourceVersion in precondition: ${version}, ResourceVersion in object meta: ${pod.metadata.resourceVersion}`,
    );
  if (pod.metadata.deletionTimestamp)
    throw refuse(`pod ${name} is being deleted, cannot be assigned to a host`);
  if (pod.spec.nodeName)
    throw refuse(`pod ${name} is already assigned to node ${JSON.stringify(pod.spec.nodeName)}`);
  if ((pod.spec.schedulingGates ?? []).length > 0)
    throw refuse(`pod ${name} has non-empty .spec.schedulingGates`);
  const metadata = { ...pod.metadata };
  for (const field of ['annotations', 'labels'] as const) {
    const given = binding.metadata[field];
    if (given) metadata[field] = { ...metadata[field], ...given };
  }
  const conditions = [...(pod.status.conditions ?? [])];
  const at = conditions.findIndex((c) => c.type === 'PodScheduled');
  const condition = {
    type: 'PodScheduled',
    status: 'True',
    lastProbeTime: null,
    lastTransitionTime: formatTime(now),
  };
  if (at < 0) conditions.push(condition);
  else if (conditions[at]!.status !== 'True') conditions[at] = condition;
  // the nomination did its work
  const { nominatedNodeName: _, ...status } = pod.status;
  return {
    ...pod,
    metadata,
    spec: { ...pod.spec, nodeName: binding.target.name },
    status: { ...status, conditions },
  };
}

/** Binds; `posted` is the resource that the request named: that of the pods, or bindings. */
async function bindPod(
  exchange: Exchange,
  pods: ServedResource,
  posted: ServedResource,
  context: HandlerContext,
  { binding, dryRun }: { binding: Binding & KubeObject; dryRun: boolean },
): Promise<void> {
  const { namespace } = exchange.info;
  checkBinding(binding);
  const name = binding.metadata.name!;
  if (!pods.cache!.get(keyOf(pods, namespace, name))) throw notFound({ group: '', resource: 'pods' }, name);
  exchange.info.name = name;
  const kind = { group: '', version: 'v1', kind: 'Binding' };
  await admitBody(exchange, posted, context, { operation: 'CREATE', kind, object: binding, dryRun });
  await runPlainUpdate(
    exchange,
    pods,
    context,
    dryRun,
    (current) => bound(current as Pod & KubeObject, binding, context.clock.now()),
    { bypassStrategy: true },
  );
  sendValue(exchange, 201, 'meta/v1.Status', { ...success(), code: 201 });
}

function readBinding(exchange: Exchange): { binding: Binding & KubeObject; dryRun: boolean } {
  const options = writeOptionsOf(exchange.query, 'CreateOptions');
  const binding = decodeAs(exchange, 'core/v1.Binding', 'v1', 'Binding', options.fieldValidation) as Binding &
    KubeObject;
  return { binding, dryRun: options.dryRun };
}

/** POST of pods/NAME/binding. */
export const bindingSubresource: SubresourceModule = {
  group: '',
  resource: 'pods',
  subresource: 'binding',
  verbs: {
    create: async (exchange, resource, context) => {
      const { binding, dryRun } = readBinding(exchange);
      const { name } = exchange.info;
      binding.metadata.name ||= name;
      if (binding.metadata.name !== name)
        throw badRequest('name in URL does not match name in Binding object');
      await bindPod(exchange, resource, resource, context, { binding, dryRun });
    },
  },
};

/** POST of bindings, the older form: the pod is named in the body. */
export function legacyBindingHandler(pods: () => ServedResource): Handler {
  return async (exchange, bindings, context) =>
    bindPod(exchange, pods(), bindings, context, readBinding(exchange));
}
