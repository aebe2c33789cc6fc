// Edits as patches of the three sorts.
import type { Json, JsonObject } from '../../../src/api/object.ts';
import { type Edit, edited } from './edits.ts';

/** A patch, and what it is. */
export interface Patch {
  readonly contentType: string;
  readonly body: Json;
}

function pointer(path: Edit['path']): string {
  return path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** Operations of RFC 6902. */
export function jsonPatch(edits: readonly Edit[]): Patch {
  const operations = edits.map(
    ({ path, value }): Json =>
      value === undefined
        ? { op: 'remove', path: pointer(path) }
        : { op: typeof path.at(-1) === 'number' ? 'replace' : 'add', path: pointer(path), value },
  );
  return { contentType: 'application/json-patch+json', body: operations };
}

function merged(into: JsonObject, path: readonly string[], value: Json): void {
  const [name, ...rest] = path as [string, ...string[]];
  if (rest.length === 0) into[name] = value;
  else {
    const there = into[name];
    const inner = typeof there === 'object' && there !== null && !Array.isArray(there) ? there : {};
    into[name] = inner;
    merged(inner, rest, value);
  }
}

/** The members that the edits change, lists as they become whole; for both sorts of merge patch. */
export function mergePatch(object: JsonObject, edits: readonly Edit[], strategic: boolean): Patch {
  const after = edited(object, edits);
  const body: JsonObject = {};
  for (const { path } of edits) {
    const inList = path.findIndex((step) => typeof step === 'number');
    const steps = (inList < 0 ? path : path.slice(0, inList)) as string[];
    const value = steps.reduce<Json | undefined>((at, name) => (at as JsonObject | undefined)?.[name], after);
    merged(body, steps, value ?? null);
  }
  return { contentType: `application/${strategic ? 'strategic-' : ''}merge-patch+json`, body };
}
