// The fieldPath of a rule: `.spec.names['a.b']`.
// Upstream: ValidFieldPath of k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel/validation.go.
import type { JSONSchemaProps } from '#types/apiextensions.k8s.io_v1';
import { FieldPath } from '../../../api/field-path.ts';

const escapes: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  "'": "'",
  '\\': '\\',
};

/** The text within single quotes; undefined when it has an escape that there is not. */
function unquoted(text: string): string | undefined {
  let isWrong = false;
  const result = text.replace(/\\(.)/g, (_whole, letter: string) => {
    if (Object.hasOwn(escapes, letter)) return escapes[letter]!;
    isWrong = true;
    return '';
  });
  return isWrong ? undefined : result;
}

/** Dots, brackets, quoted texts and what is between them; undefined when a quote stays open. */
function tokens(path: string): string[] | undefined {
  const found: string[] = [];
  for (let at = 0; at < path.length; ) {
    const token = /^(?:[.[\]]|'.(?:[^']|(?<=\\)')*'|[^.[\]']+[^.[\]]*)/s.exec(path.slice(at))?.[0];
    if (token === undefined) return undefined;
    found.push(token);
    at += token.length;
  }
  return found;
}

/** One step down: the path and the schema of a property or an entry. */
function step(
  path: FieldPath,
  schema: JSONSchemaProps,
  name: string,
): { path: FieldPath; schema: JSONSchemaProps } | undefined {
  if (schema.properties !== undefined) {
    const property = Object.hasOwn(schema.properties, name) ? schema.properties[name] : undefined;
    return property && { path: path.child(name), schema: property };
  }
  const values = schema.additionalProperties;
  return typeof values === 'object' ? { path: path.key(name), schema: values } : undefined;
}

/** The name within `['...']`. */
function quotedName(token: string | undefined, close: string | undefined): string | undefined {
  if (token === undefined || !/^'.*'$/s.test(token) || token.length < 2 || close !== ']') return undefined;
  return unquoted(token.slice(1, -1));
}

/** A fieldPath as a path of fields, undefined when it is none of this schema. */
export function resolveFieldPath(fieldPath: string, schema: JSONSchemaProps): FieldPath | undefined {
  const parts = tokens(fieldPath);
  if (parts === undefined) return undefined;
  let place: { path: FieldPath; schema: JSONSchemaProps } | undefined = { path: new FieldPath(), schema };
  for (let i = 0; i < parts.length; i++) {
    let name: string | undefined;
    if (parts[i] === '.') name = parts[++i];
    else if (parts[i] === '[') {
      name = quotedName(parts[i + 1], parts[i + 2]);
      i += 2;
    }
    if (name === undefined) return undefined;
    place = step(place.path, place.schema, name);
    if (place === undefined) return undefined;
  }
  return place.path;
}
