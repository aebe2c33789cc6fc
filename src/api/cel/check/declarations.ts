// The functions that expressions may call in Kubernetes 1.36, from the table overloads.json.
// Upstream: cel-go common/stdlib/standard.go and ext/, k8s.io/apiserver/pkg/cel/library and environment/base.go.
import table from './overloads.json' with { type: 'json' };
import {
  anyTypeType,
  boolType,
  bytesType,
  doubleType,
  durationType,
  dynType,
  intType,
  listType,
  mapType,
  nullType,
  opaqueType,
  optionalType,
  stringType,
  structType,
  type Type,
  timestampType,
  typeParam,
  typeType,
  uintType,
} from './types.ts';

/** One signature of a function. The target of a member function is its first argument. */
export interface Overload {
  readonly id: string;
  readonly isMember: boolean;
  readonly args: readonly Type[];
  readonly result: Type;
  /** Its type variables. */
  readonly variables: readonly string[];
}

const named: Readonly<Record<string, Type>> = Object.fromEntries(
  [
    boolType,
    bytesType,
    doubleType,
    durationType,
    dynType,
    intType,
    nullType,
    stringType,
    timestampType,
    uintType,
  ].map((type) => [type.text, type]),
);

const opaque = new Set(['net.IP', 'net.CIDR']);

/** Splits at commas outside of parentheses. */
function splitArgs(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '(') depth++;
    else if (text[i] === ')') depth--;
    else if (text[i] === ',' && depth === 0) {
      parts.push(text.slice(start, i));
      start = i + 1;
    }
  }
  if (text.trim() !== '') parts.push(text.slice(start));
  return parts.map((part) => part.trim());
}

function parseType(text: string, variables: Set<string>): Type {
  const open = text.indexOf('(');
  if (open > 0) {
    const name = text.slice(0, open);
    const [first, second] = splitArgs(text.slice(open + 1, -1)).map((part) => parseType(part, variables));
    if (name === 'list') return listType(first!);
    if (name === 'map') return mapType(first!, second!);
    if (name === 'type') return typeType(first!);
    return optionalType(first!);
  }
  if (/^[A-Z]$/.test(text)) {
    variables.add(text);
    return typeParam(text);
  }
  if (text === 'type') return anyTypeType;
  return named[text] ?? (opaque.has(text) ? opaqueType(text) : structType(text));
}

function parseOverload(text: string): Overload {
  const open = text.indexOf('(');
  const arrow = text.lastIndexOf(' -> ');
  const isMember = text.startsWith('.');
  const variables = new Set<string>();
  const args = splitArgs(text.slice(open + 1, arrow - 1)).map((arg) => parseType(arg, variables));
  const result = parseType(text.slice(arrow + 4), variables);
  return { id: text.slice(isMember ? 1 : 0, open), isMember, args, result, variables: [...variables] };
}

const texts: Readonly<Record<string, readonly string[]>> = {
  ...table,
  'jsonpatch.escapeKey': ['string_jsonpatch_escapeKey_string(string) -> string'],
};

/** The functions that only mutations of admission policies have. */
export const extraFunctions: ReadonlySet<string> = new Set(['jsonpatch.escapeKey']);

const parsed = new Map<string, readonly Overload[]>();

/** The overloads of a function, undefined when there is none of this name. */
export function overloadsOf(name: string): readonly Overload[] | undefined {
  if (!Object.hasOwn(texts, name)) return undefined;
  let overloads = parsed.get(name);
  if (overloads === undefined) {
    overloads = texts[name]!.map(parseOverload);
    parsed.set(name, overloads);
  }
  return overloads;
}

/** The names of types, which expressions may use as values. */
export const typeNames: ReadonlyMap<string, Type> = new Map([
  ['bool', boolType],
  ['bytes', bytesType],
  ['double', doubleType],
  ['int', intType],
  ['uint', uintType],
  ['string', stringType],
  ['null_type', nullType],
  ['google.protobuf.Duration', durationType],
  ['google.protobuf.Timestamp', timestampType],
  ['list', listType(typeParam('A'))],
  ['map', mapType(typeParam('A'), typeParam('B'))],
  ['optional_type', optionalType(typeParam('V'))],
  ['net.IP', opaqueType('net.IP')],
  ['net.CIDR', opaqueType('net.CIDR')],
]);
