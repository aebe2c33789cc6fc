// Types of expressions: how they are written, printed and compared.
// Upstream: cel-go common/types/types.go and checker/format.go.

export type TypeKind =
  | 'dyn'
  | 'error'
  | 'bool'
  | 'bytes'
  | 'double'
  | 'int'
  | 'uint'
  | 'string'
  | 'null'
  | 'timestamp'
  | 'duration'
  | 'list'
  | 'map'
  | 'struct'
  | 'opaque'
  | 'type'
  | 'param';

/** An immutable type. `text` is unique: two types are the same exactly when their texts are. */
export interface Type {
  readonly kind: TypeKind;
  /** The name of the type at run time. */
  readonly name: string;
  readonly params: readonly Type[];
  /** As error texts show it. */
  readonly text: string;
}

function make(kind: TypeKind, name: string, params: readonly Type[] = [], text = name): Type {
  const shown = params.length === 0 ? text : `${text}(${params.map((param) => param.text).join(', ')})`;
  return { kind, name, params, text: shown };
}

export const dynType: Type = make('dyn', 'dyn');
export const errorType: Type = make('error', '!error!');
export const boolType: Type = make('bool', 'bool');
export const bytesType: Type = make('bytes', 'bytes');
export const doubleType: Type = make('double', 'double');
export const intType: Type = make('int', 'int');
export const uintType: Type = make('uint', 'uint');
export const stringType: Type = make('string', 'string');
export const nullType: Type = make('null', 'null_type', [], 'null');
export const timestampType: Type = make('timestamp', 'google.protobuf.Timestamp', [], 'timestamp');
export const durationType: Type = make('duration', 'google.protobuf.Duration', [], 'duration');
export const anyTypeType: Type = make('type', 'type');

/** `list(element)`. */
export function listType(element: Type): Type {
  return make('list', 'list', [element]);
}

/** `map(key, value)`. */
export function mapType(key: Type, value: Type): Type {
  return make('map', 'map', [key, value]);
}

/** `type(of)`. */
export function typeType(of: Type): Type {
  return make('type', 'type', [of]);
}

/** `optional_type(of)`. */
export function optionalType(of: Type): Type {
  return make('opaque', 'optional_type', [of]);
}

/** A type that only functions look into, such as net.IP. */
export function opaqueType(name: string, params: readonly Type[] = []): Type {
  return make('opaque', name, params);
}

/** A type with declared fields, or one of Kubernetes' own that counts as such. */
export function structType(name: string): Type {
  return make('struct', name);
}

/** A type variable. */
export function typeParam(name: string): Type {
  return make('param', name);
}

/** The type with other parameters. */
export function withParams(type: Type, params: readonly Type[]): Type {
  return make(type.kind, type.name, params);
}

export function isDyn(type: Type): boolean {
  return type.kind === 'dyn';
}

export function isDynOrError(type: Type): boolean {
  return type.kind === 'dyn' || type.kind === 'error';
}

export function isOptional(type: Type): boolean {
  return type.kind === 'opaque' && type.name === 'optional_type';
}

/** What an optional holds; other types as they are. */
export function unwrapOptional(type: Type): Type {
  return isOptional(type) ? type.params[0]! : type;
}

/** `target.(args)` or `(args)`, as the text on overloads shows it. */
export function signatureText(args: readonly Type[], isMember: boolean): string {
  const texts = args.map((arg) => arg.text);
  return isMember ? `${texts[0]}.(${texts.slice(1).join(', ')})` : `(${texts.join(', ')})`;
}
