// Watches a cluster: keeps the history of the objects of one scenario.
import { pino } from 'pino';
import type { Event } from '#types/core_v1';
import { systemClock, systemRandom } from '../../src/api/clock.ts';
import type { KubeObject } from '../../src/api/object.ts';
import type { Client } from '../../src/client/client.ts';
import { InformerFactory } from '../../src/client/informer-factory.ts';
import type { Resource } from '../../src/client/resource.ts';
import {
  configMaps,
  deployments,
  events,
  namespaces,
  nodes,
  pods,
  replicaSets,
  secrets,
  serviceAccounts,
  services,
} from '../../src/client/resources.ts';
import { History } from './history.ts';
import type { Names } from './names.ts';
import type { RecordedObject } from './recording.ts';

const kinds: readonly Resource[] = [
  configMaps,
  deployments,
  namespaces,
  pods,
  replicaSets,
  secrets,
  serviceAccounts,
  services,
] as unknown as readonly Resource[];

/** What is seen of a scenario. */
export interface Watched {
  readonly history: History;
  /** The last state of every event that there was. */
  events(): Event[];
}

/** Follows the objects of a namespace, itself too, and the nodes where asked, until `signal` aborts. */
export async function watchScenario(
  client: Client,
  { namespace, names, withNodes }: { namespace: string; names: Names; withNodes: boolean },
  signal: AbortSignal,
): Promise<Watched> {
  const history = new History();
  const seen = new Map<string, Event>();
  const log = pino({ level: 'silent' });
  const informers = new InformerFactory({ client, clock: systemClock, random: systemRandom, log });
  const isMine = ({ metadata }: KubeObject, kind: string): boolean =>
    kind === 'Node' ||
    metadata.namespace === namespace ||
    (kind === 'Namespace' && metadata.name === namespace);
  for (const of of withNodes ? [...kinds, nodes as unknown as Resource] : kinds) {
    const { kind } = of;
    const whole = (object: KubeObject): RecordedObject => ({ ...object, kind }) as unknown as RecordedObject;
    informers.informer(of).addHandler({
      added(object) {
        if (!isMine(object, kind)) return;
        names.learn(whole(object));
        history.begin(whole(object));
      },
      updated(_old, object) {
        if (isMine(object, kind)) history.change(whole(object));
      },
      deleted(object) {
        if (isMine(object, kind)) history.end(kind, object.metadata.name ?? '');
      },
    });
  }
  const keep = (event: Event): void => {
    if (event.metadata.namespace === namespace) seen.set(event.metadata.name ?? '', event);
  };
  informers.informer(events).addHandler({ added: keep, updated: (_old, event) => keep(event) });
  informers.start(signal);
  await informers.synced(signal);
  return { history, events: () => [...seen.values()] };
}
