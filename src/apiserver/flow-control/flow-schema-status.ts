// The condition of FlowSchemas that tells whether their priority level exists.
// Upstream: presyncFlowSchemaStatus in k8s.io/apiserver/pkg/util/flowcontrol/apf_controller.go.
import type { Logger } from 'pino';
import type { FlowSchema, FlowSchemaCondition } from '#types/flowcontrol.apiserver.k8s.io_v1';
import type { KubeObject } from '../../api/object.ts';
import { ApiError } from '../../api/status.ts';
import { formatTime } from '../../api/time.ts';
import type { ServedResource } from '../resources.ts';
import { applyOwnStatus } from '../store/own-writes.ts';
import { parseObject } from '../store/serialize.ts';
import type { StoreDependencies } from '../store/write-context.ts';
import { type FlowControlCaches, followFlowControl, levelUids } from './flow-control.ts';

const manager = 'api-priority-and-fairness-config-consumer-v1';
/** What the condition says, without its time. */
function conditionOf(level: string, exists: boolean): Omit<FlowSchemaCondition, 'lastTransitionTime'> {
  const text = `This FlowSchema references the PriorityLevelConfiguration object named ${JSON.stringify(level)}`;
  return exists
    ? { type: 'Dangling', status: 'False', reason: 'Found', message: `${text} and it exists` }
    : {
        type: 'Dangling',
        status: 'True',
        reason: 'NotFound',
        message: `${text} but there is no such object`,
      };
}

function says(schema: FlowSchema, wanted: ReturnType<typeof conditionOf>): boolean {
  const { status, reason, message } =
    schema.status?.conditions?.find(({ type }) => type === 'Dangling') ?? {};
  return status === wanted.status && reason === wanted.reason && message === wanted.message;
}

/** Keeps the conditions in step with the priority levels. */
export class FlowSchemaStatus {
  private readonly resource: ServedResource;
  private readonly caches: FlowControlCaches;
  private readonly dependencies: () => StoreDependencies;
  private readonly log: Logger;
  private unfollow: (() => void) | undefined;
  private waiting = false;
  private work: Promise<void> = Promise.resolve();

  /** `resource`: that of FlowSchemas in the stored version. */
  constructor(
    resource: ServedResource,
    caches: FlowControlCaches,
    dependencies: () => StoreDependencies,
    log: Logger,
  ) {
    this.resource = resource;
    this.caches = caches;
    this.dependencies = dependencies;
    this.log = log;
  }

  /** Resolves when all conditions are right; from then on they are kept so. Never rejects. */
  async start(): Promise<void> {
    await this.settle();
    this.unfollow = followFlowControl(this.caches, () => void this.settle());
  }

  /** Ends the work; what is under way is finished. */
  async stop(): Promise<void> {
    this.unfollow?.();
    await this.work;
  }

  private settle(): Promise<void> {
    if (this.waiting) return this.work;
    this.waiting = true;
    this.work = this.work
      .then(() => {
        this.waiting = false;
        return this.bringInStep();
      })
      .catch((error: unknown) => this.log.warn({ err: error }, 'flow schemas are not in step'));
    return this.work;
  }

  private async bringInStep(): Promise<void> {
    const levels = levelUids(this.caches);
    const { objects } = this.caches.schemas.list({ prefix: '' });
    await Promise.all(
      objects.map(async ({ bytes }) => {
        const schema = parseObject(bytes) as FlowSchema;
        const level = schema.spec.priorityLevelConfiguration.name;
        const wanted = conditionOf(level, levels.has(level));
        if (!says(schema, wanted)) await this.write(schema.metadata.name!, wanted);
      }),
    );
  }

  private async write(name: string, condition: ReturnType<typeof conditionOf>): Promise<void> {
    const { resource } = this;
    const dependencies = this.dependencies();
    const { kind, definition } = resource;
    const config: KubeObject = {
      kind: kind.kind,
      apiVersion: `${definition.group}/${definition.version}`,
      metadata: { name },
      status: {
        conditions: [{ ...condition, lastTransitionTime: formatTime(dependencies.clock.now()) }],
      },
    };
    try {
      await applyOwnStatus(resource, config, manager, dependencies);
    } catch (error) {
      // gone, or changed by somebody else, which is told again
      if (!(error instanceof ApiError)) throw error;
    }
  }
}
