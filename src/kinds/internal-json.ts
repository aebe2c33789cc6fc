// How upstream's internal types print as JSON: Go's field names, every field there. Some error texts and the diff of a
// refused update show them. The layout is data: internal-layout.json, types of pkg/apis/core/types.go with for each field
// [Go name, JSON name, type]; a nameless field is embedded.
import { copyAsSent, memberAsSent } from '../api/schema/sent-empty.ts';
import layoutJson from './internal-layout.json' with { type: 'json' };

type Field = readonly [goName: string, jsonName: string, type: string];

const layout = layoutJson as unknown as Record<string, readonly Field[]>;

type Data = Record<string, unknown>;

const zero: Record<string, unknown> = {
  string: '',
  number: 0,
  bool: false,
  quantity: '0',
  time: null,
  map: null,
  raw: null,
};

function sorted(map: Data): Data {
  return Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function print(value: unknown, type: string): unknown {
  if (type.startsWith('*')) return value === undefined || value === null ? null : print(value, type.slice(1));
  if (type.startsWith('[]')) {
    if (!Array.isArray(value)) return null;
    return value.map((item) => print(item, type.slice(2)));
  }
  if (type in layout) return printStruct((value ?? {}) as Data, type);
  if (value === undefined || value === null) return zero[type];
  return type === 'map' ? sorted(value as Data) : value;
}

/** Metadata keep their JSON names and omissions. */
function withoutEmpty(metadata: Data = {}): Data {
  const isEmpty = (value: unknown): boolean =>
    typeof value === 'object' && value !== null && Object.keys(value).length === 0;
  return Object.fromEntries(Object.entries(metadata).filter(([, value]) => !isEmpty(value)));
}

function printStruct(value: Data, type: string): Data {
  const out: Data = {};
  for (const [goName, jsonName, fieldType] of layout[type]!) {
    if (goName !== '') out[goName] = print(memberAsSent(value, jsonName), fieldType);
    else if (jsonName === '') Object.assign(out, printStruct(value, fieldType));
    else Object.assign(out, withoutEmpty(value[jsonName] as Data | undefined));
  }
  return out;
}

const movedToSecurityContext = ['hostNetwork', 'hostPID', 'hostIPC', 'shareProcessNamespace', 'hostUsers'];

/** The value as upstream's internal type prints. The host flags of a pod live in its security context there. */
export function internalJson(value: object, type: string): Data {
  let data = value as Data;
  if (type === 'PodSpec') {
    const moved = Object.fromEntries(movedToSecurityContext.map((field) => [field, data[field]]));
    data = copyAsSent(data);
    data['securityContext'] = Object.assign(copyAsSent((data['securityContext'] ?? {}) as Data), moved);
  }
  return printStruct(data, type);
}

/** Any value as a field of that type prints: `string`, `*ObjectReference`, `[]number`. */
export function internalValue(value: unknown, type: string): unknown {
  return print(value, type);
}

/** A pod template as upstream's internal type prints: its metadata is embedded. */
export function internalTemplate({ metadata, spec }: { metadata: object; spec: object }): Data {
  return { ...withoutEmpty(metadata as Data), Spec: internalJson(spec, 'PodSpec') };
}
