// The engine of an API server without its HTTP: resources over memory storage, for tests of what happens in one turn of the
// event loop, which requests cannot time.
import { systemClock, systemRandom } from '../api/clock.ts';
import { builtinResources } from '../kinds/registry.ts';
import { openMemoryStorage } from '../storage/backends/memory.ts';
import { openWatchCaches } from '../storage/watch-caches.ts';
import { admissionChain } from './admission/admission.ts';
import { FieldManagers } from './apply/field-managers.ts';
import { ResourceTable } from './resource-table.ts';
import { attributesOf, type ServedResource, serveResource } from './resources.ts';
import { KeyQueue } from './store/key-queue.ts';
import { parseObject, restamp } from './store/serialize.ts';
import type { StoreDependencies, StoreHook } from './store/write-context.ts';

/** What tests write to and read from. */
export interface TestObjectStore {
  readonly dependencies: StoreDependencies;
  resource(group: string, plural: string): ServedResource;
}

/** An empty store without admission. `hooks` are made last, as they look at the store. */
export function openTestObjectStore(
  hooks: (store: TestObjectStore) => readonly StoreHook[] = () => [],
): TestObjectStore {
  const storage = openMemoryStorage();
  const caches = openWatchCaches(storage, { restamp, clock: systemClock });
  const table = new ResourceTable();
  for (const definition of builtinResources())
    if (definition.servedByDefault)
      table.add(
        serveResource(definition, (prefix, kind) =>
          caches.resource(prefix, (bytes) => attributesOf(kind, parseObject(bytes))),
        ),
      );
  const made: StoreHook[] = [];
  const store: TestObjectStore = {
    dependencies: {
      storage,
      clock: systemClock,
      random: systemRandom,
      admission: admissionChain([]),
      hooks: made,
      queue: new KeyQueue(),
      fields: new FieldManagers(systemClock, (resource) => table.versionsOf(resource)),
    },
    resource: (group, plural) => table.stored(group, plural),
  };
  made.push(...hooks(store));
  return store;
}
