// JSON patches, RFC 6902, with the semantics and error texts of the library upstream uses (negative indices count from
// the end, replacing a member that is not there adds it).
// Upstream: gopkg.in/evanphx/json-patch.v4/patch.go.
import { goQuote } from '../go-text.ts';
import { copyJson, isJsonObject, jsonEqual, setJsonMember } from '../json-object.ts';
import type { Json, JsonObject } from '../object.ts';
import { PatchError } from './patch-error.ts';

/** One operation as it came; its members are checked when it is applied. */
export type JsonPatchOperation = JsonObject;

function unprocessable(message: string): never {
  throw new PatchError(message, 'unprocessable');
}

function parseIndex(token: string): number {
  if (!/^[+-]?[0-9]+$/.test(token)) unprocessable(`strconv.Atoi: parsing ${goQuote(token)}: invalid syntax`);
  return Number(token);
}

function badIndex(index: number): never {
  return unprocessable(`Unable to access invalid index: ${index}: invalid index referenced`);
}

/** The place in a list of `length` elements that a token names. */
function resolveIndex(token: string, length: number): number {
  const index = parseIndex(token);
  if (index >= length || index < -length) badIndex(index);
  return index < 0 ? index + length : index;
}

type Container = JsonObject | Json[];

/** Where a path leads: the innermost container and the last token. */
interface Place {
  container: Container;
  key: string;
}

/** The member names of a JSON pointer. */
export function tokensOf(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** A document that is copied as far as operations touch it. */
class Document {
  root: Json;
  /** Containers made by this patch: they may be changed. */
  private readonly own = new WeakSet<object>();

  constructor(root: Json) {
    this.root = root;
  }

  private owned<T extends Container>(container: T): T {
    if (this.own.has(container)) return container;
    const copy = (Array.isArray(container) ? [...container] : { ...container }) as T;
    this.own.add(copy);
    return copy;
  }

  /** Finds the container of a path, ready to be changed; undefined when the path leads nowhere. */
  find(pointer: string): Place | undefined {
    const tokens = tokensOf(pointer);
    const key = tokens.pop();
    if (key === undefined || typeof this.root !== 'object' || this.root === null) return undefined;
    let container: Container = this.owned(this.root);
    this.root = container;
    for (const token of tokens) {
      let next: Json | undefined;
      try {
        next = read(container, token);
      } catch {
        return undefined;
      }
      if (typeof next !== 'object' || next === null) return undefined;
      const copy = this.owned(next);
      write(container, token, copy);
      container = copy;
    }
    return { container, key };
  }
}

/** A missing member of an object reads as undefined; a bad index throws. */
function read(container: Container, token: string): Json | undefined {
  if (Array.isArray(container)) return container[resolveIndex(token, container.length)];
  return Object.hasOwn(container, token) ? container[token] : undefined;
}

function write(container: Container, token: string, value: Json): void {
  if (Array.isArray(container)) container[resolveIndex(token, container.length)] = value;
  else setJsonMember(container, token, value);
}

function insert(container: Container, token: string, value: Json): void {
  if (!Array.isArray(container)) {
    setJsonMember(container, token, value);
    return;
  }
  if (token === '-') {
    container.push(value);
    return;
  }
  if (!/^[+-]?[0-9]+$/.test(token))
    unprocessable(
      `value was not a proper array index: '${token}': strconv.Atoi: parsing ${goQuote(token)}: invalid syntax`,
    );
  container.splice(resolveIndex(token, container.length + 1), 0, value);
}

function take(container: Container, token: string): void {
  if (Array.isArray(container)) container.splice(resolveIndex(token, container.length), 1);
  else if (Object.hasOwn(container, token)) delete container[token];
  else unprocessable(`Unable to remove nonexistent key: ${token}: missing value`);
}

/** Runs `step` and puts `prefix` before the text of its error. */
function within<T>(prefix: string, step: () => T): T {
  try {
    return step();
  } catch (error) {
    if (error instanceof PatchError) return unprocessable(`${prefix}: ${error.message}`);
    throw error;
  }
}

function goKind(value: Json): string {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'boolean') return 'bool';
  return typeof value;
}

function pathMember(operation: JsonPatchOperation, member: 'path' | 'from', kind: string): string {
  const value = operation[member] ?? null;
  if (typeof value === 'string') return value;
  // Upstream hides the cause of a bad path in these three.
  if (member === 'path' && ['add', 'remove', 'copy'].includes(kind))
    return unprocessable(`${kind} operation failed to decode path: missing value`);
  const cause =
    value === null
      ? `operation${member === 'from' ? ',' : ''} missing ${member} field: missing value`
      : `json: cannot unmarshal ${goKind(value)} into Go value of type string`;
  return unprocessable(`${kind} operation failed to decode ${member}: ${cause}`);
}

function add(document: Document, operation: JsonPatchOperation): void {
  const path = pathMember(operation, 'path', 'add');
  const place =
    document.find(path) ??
    unprocessable(`add operation does not apply: doc is missing path: "${path}": missing value`);
  within(`error in add for path: '${path}'`, () =>
    insert(place.container, place.key, operation['value'] ?? null),
  );
}

function remove(document: Document, operation: JsonPatchOperation): void {
  const path = pathMember(operation, 'path', 'remove');
  const place =
    document.find(path) ??
    unprocessable(`remove operation does not apply: doc is missing path: "${path}": missing value`);
  within(`error in remove for path: '${path}'`, () => take(place.container, place.key));
}

function replace(document: Document, operation: JsonPatchOperation): void {
  const path = pathMember(operation, 'path', 'replace');
  const value = operation['value'] ?? null;
  if (path === '') {
    if (typeof value !== 'object' || value === null)
      unprocessable('replace operation value must be object or array: %!w(<nil>)');
    document.root = value;
    return;
  }
  const place =
    document.find(path) ??
    unprocessable(`replace operation does not apply: doc is missing path: ${path}: missing value`);
  try {
    read(place.container, place.key);
  } catch {
    unprocessable(`replace operation does not apply: doc is missing key: ${path}: missing value`);
  }
  write(place.container, place.key, value);
}

function move(document: Document, operation: JsonPatchOperation): void {
  const from = pathMember(operation, 'from', 'move');
  const source =
    document.find(from) ??
    unprocessable(`move operation does not apply: doc is missing from path: ${from}: missing value`);
  const value = within(`error in move for path: '${source.key}'`, () => {
    const found = read(source.container, source.key);
    take(source.container, source.key);
    return found;
  });
  const path = pathMember(operation, 'path', 'move');
  const target =
    document.find(path) ??
    unprocessable(`move operation does not apply: doc is missing destination path: ${path}: missing value`);
  within(`error in move for path: '${path}'`, () => insert(target.container, target.key, value ?? null));
}

function copy(document: Document, operation: JsonPatchOperation): void {
  const from = pathMember(operation, 'from', 'copy');
  const source =
    document.find(from) ??
    unprocessable(`copy operation does not apply: doc is missing from path: ${from}: missing value`);
  const value = within(`error in copy for from: '${from}'`, () => read(source.container, source.key));
  const path = pathMember(operation, 'path', 'copy');
  const target =
    document.find(path) ??
    unprocessable(`copy operation does not apply: doc is missing destination path: ${path}: missing value`);
  within('error while adding value during copy', () =>
    insert(target.container, target.key, copyJson(value ?? null)),
  );
}

function test(document: Document, operation: JsonPatchOperation): void {
  const path = pathMember(operation, 'path', 'test');
  const wanted = operation['value'] ?? null;
  let found: Json | undefined = document.root;
  if (path !== '') {
    const place =
      document.find(path) ??
      unprocessable(`test operation does not apply: is missing path: ${path}: missing value`);
    found = within(`error in test for path: '${path}'`, () => read(place.container, place.key));
  }
  if (!jsonEqual(found ?? null, wanted)) unprocessable(`testing value ${path} failed: test failed`);
}

const kinds: Record<string, (document: Document, operation: JsonPatchOperation) => void> = {
  add,
  remove,
  replace,
  move,
  copy,
  test,
};

/** The patched document; neither argument is changed, untouched parts are shared. Throws PatchError (unprocessable). */
export function applyJsonPatch(target: Json, operations: readonly JsonPatchOperation[]): Json {
  const document = new Document(target);
  for (const operation of operations) {
    const kind = typeof operation['op'] === 'string' ? operation['op'] : 'unknown';
    if (!Object.hasOwn(kinds, kind)) unprocessable(`Unexpected kind: ${kind}`);
    kinds[kind]!(document, operation);
  }
  return document.root;
}

/** Checks that a body is a list of operations; throws PatchError (badRequest). */
export function jsonPatchOperations(body: Json): JsonPatchOperation[] {
  if (body === null) return [];
  if (!Array.isArray(body))
    throw new PatchError(
      `error decoding patch: json: cannot unmarshal ${goKind(body)} into Go value of type []handlers.jsonPatchOp`,
      'badRequest',
    );
  return body.map((operation) => {
    if (operation === null) return {};
    if (isJsonObject(operation)) return checkMembers(operation);
    throw new PatchError(
      `error decoding patch: json: cannot unmarshal ${goKind(operation)} into Go value of type handlers.jsonPatchOp`,
      'badRequest',
    );
  });
}

function checkMembers(operation: JsonObject): JsonPatchOperation {
  for (const name of ['op', 'path', 'from']) {
    const member = operation[name] ?? null;
    if (member !== null && typeof member !== 'string')
      throw new PatchError(
        `error decoding patch: json: cannot unmarshal ${goKind(member)} into Go struct field jsonPatchOp.${name} of type string`,
        'badRequest',
      );
  }
  return operation;
}
