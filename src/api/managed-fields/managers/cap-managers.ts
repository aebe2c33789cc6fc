// Keeps the number of updaters small: the oldest are merged, one bucket per version.
// Upstream: k8s.io/apimachinery/pkg/util/managedfields/internal/capmanagers.go.

import { union } from '../paths/field-set.ts';
import { compareText } from '../paths/path-element.ts';
import { compareTimes, type Managers, managerIdentifier } from './managers.ts';

const maxUpdaters = 10;
const bucketName = 'ancient-changes';

/** Merges the oldest updaters into `ancient-changes` until ten are left, as far as versions allow; changes `managers`. */
export function capUpdaters(managers: Managers): void {
  const { fields, times } = managers;
  if (fields.size <= maxUpdaters) return;
  const updaters = [...fields.keys()].filter((manager) => !fields.get(manager)!.applied);
  let count = updaters.length;
  if (count <= maxUpdaters) return;
  updaters.sort((a, b) => compareTimes(times.get(a), times.get(b)) || compareText(a, b));

  const firstOf = new Map<string, string>();
  for (const manager of updaters) {
    if (count <= maxUpdaters) break;
    const managed = fields.get(manager)!;
    const { apiVersion } = managed;
    const first = firstOf.get(apiVersion);
    if (first === undefined) {
      firstOf.set(apiVersion, manager);
      continue;
    }
    const bucket = managerIdentifier({ manager: bucketName, operation: 'Update', apiVersion });
    const before = fields.get(bucket) ?? fields.get(first)!;
    if (!fields.has(bucket)) fields.delete(first);
    fields.set(bucket, managed.with(union(managed.set, before.set)));
    fields.delete(manager);
    count--;
    const time = times.get(manager);
    // The later of the two.
    if (time === undefined) times.delete(bucket);
    else times.set(bucket, time);
  }
}
