// API priority and fairness: which FlowSchema and which priority level a request belongs to, as its answer tells. Requests are
// not queued by it: the limit of those at work is one for all, see filters/max-in-flight.ts.
// Upstream: k8s.io/apiserver/pkg/server/filters/priority-and-fairness.go, pkg/util/flowcontrol/apf_controller.go.
import type { FlowSchema } from '#types/flowcontrol.apiserver.k8s.io_v1';
import type { CacheWatch, WatchCache } from '../../storage/watch-cache.ts';
import type { Exchange } from '../exchange.ts';
import type { Filter } from '../filters/filter.ts';
import { isLongRunning } from '../filters/max-in-flight.ts';
import { parseObject } from '../store/serialize.ts';
import { matches } from './matching.ts';

/** A FlowSchema whose priority level exists. */
interface Flow {
  readonly spec: FlowSchema['spec'];
  readonly name: string;
  readonly uid: string;
  readonly levelUid: string;
}

/** The caches of FlowSchemas and PriorityLevelConfigurations. */
export interface FlowControlCaches {
  readonly schemas: WatchCache;
  readonly levels: WatchCache;
}

/** Calls `changed` after every change in the caches, until the result is called. */
export function followFlowControl({ schemas, levels }: FlowControlCaches, changed: () => void): () => void {
  const follow = (cache: WatchCache): CacheWatch =>
    cache.watch({ prefix: '', filterKey: '' }, cache.revision(), changed, () => {});
  const watches = [follow(schemas), follow(levels)];
  return () => {
    for (const watch of watches) watch.close();
  };
}

/** The uids of the priority levels by their names. */
export function levelUids({ levels }: FlowControlCaches): Map<string, string> {
  const { objects } = levels.list({ prefix: '' });
  return new Map(objects.map(({ bytes }) => parseObject(bytes).metadata).map((m) => [m.name!, m.uid!]));
}

/** See the head of this file. */
export class FlowControl {
  private readonly caches: FlowControlCaches;
  private flows: readonly Flow[] | undefined;
  private readonly unfollow: () => void;

  constructor(caches: FlowControlCaches) {
    this.caches = caches;
    this.unfollow = followFlowControl(caches, () => {
      this.flows = undefined;
    });
  }

  close(): void {
    this.unfollow();
  }

  /** Names the flow schema and the level of each request in the head of its answer. */
  filter(): Filter {
    return (exchange) => {
      const { verb } = exchange.info;
      if (verb !== 'watch' && isLongRunning(exchange.info)) return true;
      const flow = this.flowOf(exchange);
      if (flow === undefined) return true;
      exchange.setHeader('X-Kubernetes-Pf-Flowschema-Uid', flow.uid);
      exchange.setHeader('X-Kubernetes-Pf-Prioritylevel-Uid', flow.levelUid);
      return true;
    };
  }

  /** The first that matches; lower numbers go first. */
  private flowOf({ user, info, path }: Exchange): Flow | undefined {
    this.flows ??= this.read();
    return this.flows.find(({ spec }) => matches(spec, user, info, path));
  }

  private read(): Flow[] {
    const uids = levelUids(this.caches);
    const flows: Flow[] = [];
    for (const { bytes } of this.caches.schemas.list({ prefix: '' }).objects) {
      const { metadata, spec } = parseObject(bytes) as FlowSchema;
      const levelUid = uids.get(spec.priorityLevelConfiguration.name);
      if (levelUid !== undefined) flows.push({ spec, name: metadata.name!, uid: metadata.uid!, levelUid });
    }
    const precedence = ({ spec }: Flow): number => spec.matchingPrecedence ?? 0;
    return flows.sort((a, b) => precedence(a) - precedence(b) || (a.name < b.name ? -1 : 1));
  }
}
