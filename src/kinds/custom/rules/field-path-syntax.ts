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

/** Why a path is none. */
class PathFault extends Error {}

/** The text within single quotes. */
function unquoted(text: string): string {
  return text.replace(/\\(.)/g, (whole, letter: string) => {
    if (!Object.hasOwn(escapes, letter))
      throw new PathFault(`invalid string literal: invalid escape char ${whole}`);
    return escapes[letter]!;
  });
}

function tokenEnd(path: string, start: number): number {
  if (path[start] !== "'") {
    const delimiter = /[.[\]]/g;
    delimiter.lastIndex = start;
    const end = delimiter.exec(path)?.index ?? path.length;
    return end === start ? start + 1 : end;
  }
  for (let i = start + 1; i < path.length; i++) if (path[i] === "'" && path[i - 1] !== '\\') return i + 1;
  return path.length;
}

/** Dots, brackets, quoted texts and what is between them. */
function tokens(path: string): string[] {
  const found: string[] = [];
  for (let at = 0; at < path.length; ) {
    const end = tokenEnd(path, at);
    found.push(path.slice(at, end));
    at = end;
  }
  return found;
}

interface Place {
  readonly path: FieldPath;
  /** Of a map without a schema for its values there is none. */
  readonly schema: JSONSchemaProps | undefined;
}

/** One step down: the path and the schema of a property or an entry. */
function step({ path, schema }: Place, name: string): Place {
  const properties = schema?.properties;
  if (properties !== undefined && Object.keys(properties).length > 0) {
    const property = Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (property) return { path: path.child(name), schema: property };
  } else if (schema?.additionalProperties !== undefined) {
    const values = schema.additionalProperties;
    return { path: path.key(name), schema: typeof values === 'object' ? values : undefined };
  }
  throw new PathFault('does not refer to a valid field');
}

function required(token: string | undefined): string {
  if (token === undefined) throw new PathFault('unexpected end of JSON path');
  return token;
}

/** The name within `['...']`. */
function quotedName(token: string): string {
  if (token.length < 2 || !token.startsWith("'") || !token.endsWith("'"))
    throw new PathFault(`expected single quoted string but got ${token}`);
  return unquoted(token.slice(1, -1));
}

function walk(text: string, schema: JSONSchemaProps, brackets: boolean): Place {
  const parts = tokens(text);
  let place: Place = { path: new FieldPath(), schema };
  for (let i = 0; i < parts.length; i++) {
    if (parts[i] === '.') place = step(place, required(parts[++i]));
    else if (parts[i] === '[') {
      if (!brackets) throw new PathFault('array notation is not allowed');
      place = step(place, quotedName(required(parts[++i])));
      const close = required(parts[++i]);
      if (close !== ']') throw new PathFault(`expected ] but got ${close}`);
    } else throw new PathFault(`expected [ or . but got: ${parts[i]}`);
  }
  return place;
}

/** What a path refers to, or why it refers to nothing; `brackets`: whether it may have `['a.b']`. */
export function findField(
  text: string,
  schema: JSONSchemaProps,
  { brackets = true }: { brackets?: boolean } = {},
): Place | { readonly fault: string } {
  try {
    return walk(text, schema, brackets);
  } catch (error) {
    if (error instanceof PathFault) return { fault: error.message };
    throw error;
  }
}

/** A fieldPath as a path of fields, undefined when it is none of this schema. */
export function resolveFieldPath(fieldPath: string, schema: JSONSchemaProps): FieldPath | undefined {
  const found = findField(fieldPath, schema);
  return 'fault' in found ? undefined : found.path;
}
