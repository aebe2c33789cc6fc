// Lays an apply configuration over an object without managers of fields, as mutating admission policies do. What would
// replace a whole atomic list or map is refused: fields that the configuration does not name would be lost with it.
// Upstream: ApplyStructuredMergeDiff of k8s.io/apiserver/pkg/admission/plugin/policy/mutating/patch/smd.go.
import { isJsonObject } from '../../json-object.ts';
import type { Json } from '../../object.ts';
import type { SchemaType } from '../schema/schema.ts';
import { merge } from './merge.ts';
import { validate } from './validate.ts';

/** The paths of what is atomic within a value. */
function atomics({ atom }: SchemaType, value: Json | undefined, path: string, found: string[]): void {
  if (isJsonObject(value) && atom.map !== undefined) {
    if (atom.map.atomic) found.push(path);
    for (const name of Object.keys(value)) {
      const field = atom.map.fields.get(name);
      if (field !== undefined) atomics(field.type, value[name], `${path}.${name}`, found);
    }
  }
  if (Array.isArray(value) && atom.list !== undefined) {
    const { associative, elementType } = atom.list;
    if (!associative) found.push(path);
    value.forEach((item, i) => {
      atomics(elementType, item, `${path}[${i}]`, found);
    });
  }
}

function within<T>(what: string, step: () => T): T {
  try {
    return step();
  } catch (error) {
    throw new Error(`${what}: ${(error as Error).message}`, { cause: error });
  }
}

/** `live` with `config` laid over it; neither is changed. Throws Error for configurations that do not fit. */
export function applyConfiguration(type: SchemaType, live: Json, config: Json): Json {
  within('failed to convert patch object to typed object', () =>
    validate(type, config, { allowDuplicates: false }),
  );
  const found: string[] = [];
  atomics(type, config, '', found);
  if (found.length > 0)
    throw new Error(
      `invalid ApplyConfiguration: may not mutate atomic arrays, maps or structs: ${found.join(', ')}`,
    );
  within('failed to convert original object to typed object', () =>
    validate(type, live, { allowDuplicates: true }),
  );
  return within('failed to merge patch', () => merge(type, live, config));
}
