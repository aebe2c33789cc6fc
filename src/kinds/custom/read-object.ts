// From JSON to a custom resource: metadata brought to its type, what the schema does not name dropped.
// Upstream: unstructuredSchemaCoercer.apply in k8s.io/apiextensions-apiserver/pkg/apiserver/customresource_handler.go.
import { isJsonObject } from '../../api/json-object.ts';
import type { Json, KubeObject } from '../../api/object.ts';
import type { StrictSink } from '../../api/schema/decode.ts';
import { DecodeError, type DecodeSource, explain } from '../../api/schema/explain.ts';
import type { CompiledSchema } from './schema/compile-schema.ts';
import { readMeta } from './schema/object-meta.ts';

/** Where the object comes from, and who wants to know of what is dropped. */
export interface ReadOptions {
  /** Receives `unknown field "spec.foo"` and `duplicate field "spec.foo"`, as strict field validation tells them. */
  readonly sink?: StrictSink;
  /** The text of the body. */
  readonly source?: DecodeSource;
  /** It comes from storage: metadata that does not fit is dropped, and a missing generation is 1. */
  readonly stored?: boolean;
  /** A merge by the schema made it: a null was asked for, and stays. */
  readonly merged?: boolean;
}

function tellDuplicates(value: Json, { sink, source }: ReadOptions): void {
  if (sink === undefined) return;
  for (const message of source?.strictErrors ?? []) sink.add(message);
  if (source?.duplicates) for (const message of explain('any', value, source)) sink.add(message);
}

/**
 * The custom resource that a JSON value is, by the schema of its version; changes the value and returns it. Defaults are not
 * filled in: the kind's setDefaults does that. Throws DecodeError when metadata does not fit.
 */
export function readCustomObject(schema: CompiledSchema, value: Json, options: ReadOptions = {}): KubeObject {
  if (!isJsonObject(value)) throw new DecodeError('json: cannot unmarshal into an object');
  tellDuplicates(value, options);
  const unknown: string[] | undefined = options.sink && [];
  const coercing = { dropInvalid: options.stored, unknown };
  const metadata = readMeta(value, 'metadata', coercing) ?? {};
  if (options.stored && !metadata.generation) metadata.generation = 1;
  const pruned = schema.prune(value, { report: unknown !== undefined });
  unknown?.push(...pruned);
  if (!options.merged) schema.pruneNulls(value);
  const embedded: string[] | undefined = unknown && [];
  schema.coerce(value, { ...coercing, unknown: embedded });
  unknown?.push(...embedded!.sort());
  for (const path of unknown ?? []) options.sink!.add(`unknown field "${path}"`);
  const object = value as unknown as KubeObject;
  object.metadata = metadata;
  return object;
}
