// The hash of a pod template: the suffix of ReplicaSet names and the label pod-template-hash. Clusters agree on it, so it is
// computed as upstream does: FNV-32a over a dump of the Go struct with all its types and fields. The fields of the structs
// (release 1.36) are data: pod-template-layout.json, by Go type [Go name, JSON name, type]; a nameless field is embedded; of
// other named types what they are made of.
// Upstream: ComputeHash in k8s.io/kubernetes/pkg/controller/controller_utils.go, dump.ForHash in k8s.io/utils/dump.
import type { PodTemplateSpec } from '#types/core_v1';
import { canonicalQuantity, parseQuantity } from '../api/quantity.ts';
import { parseTime } from '../api/time.ts';
import layoutJson from './pod-template-layout.json' with { type: 'json' };

type Field = readonly [goName: string, jsonName: string, type: string];

const layout = layoutJson as unknown as Record<string, readonly Field[] | string>;

type Data = Record<string, unknown>;

const nothing = '<nil>';
const maxInt64 = 2n ** 63n - 1n;

/** Arbitrary precision, as inf.Dec holds it: words of 64 bits. */
function bigDecimal(unscaled: bigint, scale: number): string {
  const words: bigint[] = [];
  let rest = unscaled < 0n ? -unscaled : unscaled;
  for (; rest > 0n; rest >>= 64n) words.push(BigInt.asUintN(64, rest));
  const abs = words.length === 0 ? nothing : `[${words.join(' ')}]`;
  return `(*inf.Dec){unscaled:(big.Int){neg:(bool)${unscaled < 0n} abs:(big.nat)${abs}} scale:(inf.Scale)${scale}}`;
}

function quantityText(value: bigint, scale: number, dec: string, text: string, format: string): string {
  const small = `{value:(int64)${value} scale:(resource.Scale)${scale}}`;
  return `{i:(resource.int64Amount)${small} d:(resource.infDecAmount){Dec:${dec}} s:(string)${text} Format:(resource.Format)${format}}`;
}

const noDec = `(*inf.Dec)${nothing}`;
const decimalPowers: Record<string, number> = {
  n: -9,
  u: -6,
  m: -3,
  '': 0,
  k: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
  E: 18,
};
const binaryUnits = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];

/** A quantity as ParseQuantity leaves it, which depends on its size and its text. */
function dumpQuantity(given: unknown): string {
  if (given === undefined || given === null) return quantityText(0n, 0, noDec, '', '');
  const text = canonicalQuantity(String(given));
  if (text === '0') return quantityText(0n, 0, noDec, '0', 'DecimalSI');
  const [, sign, digits = '', suffix = ''] = /^(-?)([0-9]+)(.*)$/.exec(text)!;
  const number = BigInt(digits);
  const signed = (value: bigint): bigint => (sign === '-' ? -value : value);
  const unit = binaryUnits.indexOf(suffix);
  if (unit > 0) {
    const value = number << BigInt(unit * 10);
    const format = 'BinarySI';
    if (15 - digits.length - unit * 3 - 1 >= 0)
      return quantityText(signed(value), 0, noDec, (number & 7n) === 0n ? '' : text, format);
    // Rounding to nanos leaves a scale of nine, the cap does not.
    const dec = value > maxInt64 ? bigDecimal(signed(maxInt64), 0) : bigDecimal(signed(value * 10n ** 9n), 9);
    return quantityText(0n, 0, dec, '', format);
  }
  const exponential = /^e-?[0-9]+$/.test(suffix);
  const power = exponential ? Number(suffix.slice(1)) : decimalPowers[suffix]!;
  const format = exponential ? 'DecimalExponent' : 'DecimalSI';
  if (digits.length <= 18 && power >= -9)
    return quantityText(signed(number), power, noDec, digits.endsWith('000') ? '' : text, format);
  return quantityText(0n, 0, bigDecimal(signed(number * 10n ** BigInt(power + 9)), 9), '', format);
}

/** Seconds from year one, where Go's clock starts, to 1970. */
const goEpochSeconds = 62_135_596_800;
/** The local zone of a process whose machine says nothing about it. */
const utc =
  '{name:(string)UTC zone:([]time.zone)<nil> tx:([]time.zoneTrans)<nil> extend:(string) cacheStart:(int64)0 cacheEnd:(int64)0 cacheZone:(*time.zone)<nil>}';

function dumpTime(value: unknown): string {
  const isZero = value === undefined || value === null;
  const ext = isZero ? 0 : Math.floor(parseTime(value as string) / 1000) + goEpochSeconds;
  return `{Time:(time.Time){wall:(uint64)0 ext:(int64)${ext} loc:(*time.Location)${isZero ? nothing : utc}}}`;
}

function dumpIntOrString(value: unknown): string {
  if (typeof value === 'string') return `{Type:(intstr.Type)1 IntVal:(int32)0 StrVal:(string)${value}}`;
  return `{Type:(intstr.Type)0 IntVal:(int32)${value ?? 0} StrVal:(string)}`;
}

function dumpRaw(value: unknown): string {
  const bytes = Buffer.from(JSON.stringify(value ?? null));
  return `{Raw:([]uint8)[${[...bytes].join(' ')}]}`;
}

/** How types print that are no plain structs, by Go type. */
type Printers = Readonly<Record<string, (value: unknown) => string>>;

const printers: Printers = {
  'resource.Quantity': dumpQuantity,
  'v1.Time': dumpTime,
  'intstr.IntOrString': dumpIntOrString,
  'v1.FieldsV1': dumpRaw,
};

/** Quantities of the same value print the same: 1Ki as 1024. */
function printValue(value: unknown): string {
  if (value === undefined || value === null) return '0';
  const { unscaled, scale } = parseQuantity(String(value));
  if (unscaled === 0n) return '0';
  const digits = String(unscaled).replace(/0+$/, '');
  return `${digits}e${scale + String(unscaled).length - digits.length}`;
}

const valuePrinters: Printers = { ...printers, 'resource.Quantity': printValue };

function dumpList(value: unknown, item: string, special: Printers): string {
  // Over protobuf an empty list is no list.
  if (!Array.isArray(value) || value.length === 0) return nothing;
  return `[${value.map((element) => dumpBare(element, item, special)).join(' ')}]`;
}

function dumpMap(value: unknown, item: string, special: Printers): string {
  const keys = Object.keys((value as Data | null | undefined) ?? {}).sort();
  if (keys.length === 0) return nothing;
  return `map[${keys.map((key) => `${key}:${dumpBare((value as Data)[key], item, special)}`).join(' ')}]`;
}

function dumpStruct(value: Data, fields: readonly Field[], special: Printers): string {
  const parts = fields.map(([goName, jsonName, type]) => {
    const member = jsonName === '' ? value : value[jsonName];
    return `${goName}:(${type})${dumpBare(member, type, special)}`;
  });
  return `{${parts.join(' ')}}`;
}

/** A value without its type in front: fields have it written before, elements have none. */
function dumpBare(value: unknown, type: string, special: Printers): string {
  if (type.startsWith('*'))
    return value === undefined || value === null ? nothing : dumpBare(value, type.slice(1), special);
  const own = special[type];
  if (own) return own(value);
  if (type.startsWith('[]')) return dumpList(value, type.slice(2), special);
  if (type.startsWith('map[')) return dumpMap(value, type.slice(type.indexOf(']') + 1), special);
  const known = layout[type];
  if (typeof known === 'string') return dumpBare(value, known, special);
  if (known) return dumpStruct((value as Data | null | undefined) ?? {}, known, special);
  if (type === 'string') return (value as string | null | undefined) ?? '';
  return String(value ?? (type === 'bool' ? false : 0));
}

/** The template as upstream's dump prints it. */
export function dumpPodTemplate(template: PodTemplateSpec): string {
  return `(v1.PodTemplateSpec)${dumpBare(template, 'v1.PodTemplateSpec', printers)}`;
}

/**
 * A text that two templates share when they mean the same: absent, null and empty are one, and so are quantities of one
 * value. Upstream: apiequality.Semantic.DeepEqual of the templates.
 */
export function podTemplateMeaning(template: PodTemplateSpec): string {
  return dumpBare(template, 'v1.PodTemplateSpec', valuePrinters);
}

const fnvOffset = 0x811c9dc5;
const fnvPrime = 0x01000193;

function fnv32a(bytes: Iterable<number>, start = fnvOffset): number {
  let hash = start;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, fnvPrime) >>> 0;
  return hash;
}

// The alphabet of generated names: k8s.io/apimachinery/pkg/util/rand.
const alphabet = 'bcdfghjklmnpqrstvwxz2456789';

/** Digits as letters that spell no words. */
function safeEncode(text: string): string {
  let out = '';
  for (const char of text) out += alphabet[char.charCodeAt(0) % alphabet.length];
  return out;
}

/**
 * The hash of a pod template as it comes from the server. `collisionCount` changes it where another template has the same
 * hash.
 */
export function podTemplateHash(template: PodTemplateSpec, collisionCount?: number): string {
  let hash = fnv32a(Buffer.from(dumpPodTemplate(template)));
  if (collisionCount !== undefined) {
    const bytes = Buffer.alloc(8);
    bytes.writeUInt32LE(collisionCount);
    hash = fnv32a(bytes, hash);
  }
  return safeEncode(String(hash));
}
