// Cases of patches: random objects of built-in kinds, and what may be sent to change them.
import type { Json, JsonObject } from '../../../src/api/object.ts';
import { applyJsonPatch, jsonPatchOperations } from '../../../src/api/patch/json-patch.ts';
import { applyMergePatch } from '../../../src/api/patch/merge-patch.ts';
import { PatchError } from '../../../src/api/patch/patch-error.ts';
import { mergeSchemaOf } from '../../../src/api/patch/strategic-merge-patch/merge-schema.ts';
import { applyStrategicMergePatch } from '../../../src/api/patch/strategic-merge-patch/strategic-merge-patch.ts';
import type { Case } from '../compare-cases.ts';
import { type Dice, mix, randomObject, thin } from '../managed-fields/random-objects.ts';
import { answered } from './answered.ts';

const kinds = [
  ['core/v1.Pod', 'v1', 'Pod'],
  ['core/v1.Pod', 'v1', 'Pod'],
  ['core/v1.Service', 'v1', 'Service'],
  ['core/v1.Node', 'v1', 'Node'],
  ['core/v1.ConfigMap', 'v1', 'ConfigMap'],
  ['core/v1.ServiceAccount', 'v1', 'ServiceAccount'],
  ['core/v1.PersistentVolume', 'v1', 'PersistentVolume'],
  ['apps/v1.Deployment', 'apps/v1', 'Deployment'],
  ['apps/v1.StatefulSet', 'apps/v1', 'StatefulSet'],
  ['networking.k8s.io/v1.Ingress', 'networking.k8s.io/v1', 'Ingress'],
  ['rbac.authorization.k8s.io/v1.ClusterRole', 'rbac.authorization.k8s.io/v1', 'ClusterRole'],
] as const;

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isPatchError(error: unknown): error is PatchError {
  return error instanceof PatchError;
}

const odd: readonly Json[] = [
  null,
  1,
  'a',
  true,
  [],
  {},
  ['a'],
  { a: null },
  [{ name: 'a' }],
  [null],
  [['a']],
];

const mergeKeys = ['name', 'containerPort', 'port', 'type', 'uid', 'mountPath', 'ip', 'key', 'topologyKey'];

const orderedLists = new Set(
  'containers initContainers ephemeralContainers env volumes volumeMounts volumeDevices ports imagePullSecrets hostAliases topologySpreadConstraints conditions ownerReferences secrets'.split(
    ' ',
  ),
);

function keyOf(list: readonly Json[]): string | undefined {
  const first = list[0];
  return isObject(first) ? mergeKeys.find((key) => Object.hasOwn(first, key)) : undefined;
}

/** The merge keys of items, as $setElementOrder has them. */
function orderOf(dice: Dice, list: readonly Json[]): Json[] {
  const key = keyOf(list);
  const order = list.map((item) => (key && isObject(item) ? { [key]: item[key] ?? null } : item));
  if (dice.chance(0.3)) order.reverse();
  return dice.chance(0.1) ? order.slice(1) : order;
}

function directListItem(dice: Dice, item: Json, list: readonly Json[]): Json {
  const key = keyOf(list);
  if (!isObject(item) || key === undefined) return item;
  if (dice.chance(0.08)) return { $patch: 'delete', [key]: item[key] ?? null };
  if (dice.chance(0.02)) return { ...item, $patch: dice.pick(['replace', 'merge', 'foo']) };
  return item;
}

/** A patch with directives, and now and then with something that does not belong there. */
function direct(dice: Dice, value: Json, wild: number): Json {
  if (dice.chance(wild)) return dice.pick(odd);
  if (Array.isArray(value)) {
    const items = value.map((item) => directListItem(dice, direct(dice, item, wild), value));
    if (dice.chance(0.02)) items.push({ $patch: 'replace' });
    return items;
  }
  if (!isObject(value)) return value;
  const object: JsonObject = {};
  for (const [name, member] of Object.entries(value)) {
    if (dice.chance(0.04)) object[name] = null;
    else object[name] = direct(dice, member, wild);
    if (!Array.isArray(member)) continue;
    // Of objects without a merge key upstream dies.
    const isOrdered = orderedLists.has(name) || member.every((item) => !isObject(item));
    if (isOrdered && dice.chance(0.2)) object[`$setElementOrder/${name}`] = orderOf(dice, member);
    if (dice.chance(0.08)) object[`$deleteFromPrimitiveList/${name}`] = member.filter(() => dice.chance(0.5));
    if (dice.chance(0.05)) delete object[name];
  }
  if (dice.chance(0.03)) object['$patch'] = dice.pick(['replace', 'delete', 'merge', 'foo']);
  if (dice.chance(0.03)) object['$retainKeys'] = Object.keys(object).filter((name) => !name.startsWith('$'));
  return object;
}

function twoObjects(dice: Dice): { type: string; object: JsonObject; other: JsonObject } {
  const [type, apiVersion, kind] = dice.pick(kinds);
  const object = randomObject(dice, type, apiVersion, kind);
  const another = randomObject(dice, type, apiVersion, kind);
  const other = thin(dice, mix(dice, object, another, 0.5)!, dice.pick([0.5, 0.8])) as JsonObject;
  return { type, object, other };
}

/** Strategic merge patches. */
export function strategicCase(dice: Dice): Case {
  const { type, object, other } = twoObjects(dice);
  const patch = direct(dice, other, dice.pick([0, 0, 0.01]));
  const body = isObject(patch) ? patch : {};
  const question: JsonObject = { op: 'strategic', type, object, patch: body };
  const ours = answered(
    () => ({ object: applyStrategicMergePatch(object, structuredClone(body), mergeSchemaOf(type)) }),
    isPatchError,
  );
  return { question, ours };
}

/** JSON merge patches. */
export function mergeCase(dice: Dice): Case {
  const { object, other } = twoObjects(dice);
  const wild = direct(dice, other, dice.pick([0, 0.05, 0.1]));
  const patch = isObject(wild) ? wild : {};
  const question: JsonObject = { op: 'merge', object, patch };
  return { question, ours: answered(() => ({ object: applyMergePatch(object, patch) }), isPatchError) };
}

function escaped(token: string): string {
  return token.replaceAll('~', '~0').replaceAll('/', '~1');
}

/** Pointers to everything in a value. */
function pointers(value: Json, at = ''): string[] {
  if (typeof value !== 'object' || value === null) return [at];
  const members = Array.isArray(value)
    ? value.map((item, i) => [String(i), item] as const)
    : Object.entries(value);
  return [at, ...members.flatMap(([name, member]) => pointers(member, `${at}/${escaped(name)}`))];
}

function valueAt(value: Json, pointer: string): Json {
  let found: Json = value;
  for (const token of pointer.split('/').slice(1)) {
    const name = token.replaceAll('~1', '/').replaceAll('~0', '~');
    found = (found as JsonObject)[name] ?? null;
  }
  return found;
}

const endings = ['/-', '/0', '/1', '/-1', '/9', '/x', '/a~1b', '/', '/-9', '/01', '/+1', ''];

function operation(dice: Dice, object: Json, places: readonly string[], others: readonly Json[]): JsonObject {
  const place = (): string => {
    const pointer = dice.pick(places);
    return dice.chance(0.3) ? pointer + dice.pick(endings) : pointer;
  };
  const op = dice.pick(['add', 'add', 'remove', 'replace', 'move', 'copy', 'test']);
  const path = place();
  const made: JsonObject = { op, path };
  if (op === 'move' || op === 'copy') made['from'] = place();
  if (op === 'add' || op === 'replace' || op === 'test') made['value'] = dice.pick([...others, ...odd]);
  if (op === 'test' && dice.chance(0.8) && places.includes(path)) made['value'] = valueAt(object, path);
  if (dice.chance(0.01)) delete made[dice.pick(['op', 'path', 'from', 'value'])];
  if (dice.chance(0.01)) made['op'] = dice.pick<Json>(['foo', 1, null]);
  return made;
}

/** JSON patches. */
export function jsonPatchCase(dice: Dice): Case {
  const { object, other } = twoObjects(dice);
  const places = pointers(object);
  const others = pointers(other)
    .slice(0, 30)
    .map((pointer) => valueAt(other, pointer));
  const length = 1 + dice.below(3);
  const patch = Array.from({ length }, () => operation(dice, object, places, others));
  const question: JsonObject = { op: 'json', object, patch };
  const ours = answered(() => ({ object: applyJsonPatch(object, jsonPatchOperations(patch)) }), isPatchError);
  return { question, ours };
}
