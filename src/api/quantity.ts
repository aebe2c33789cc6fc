// Quantities of resources: 100m, 1.5Gi, 12e6. Parsing and the canonical text agree with Kubernetes to the letter, its
// oddities included (a text that looks canonical is kept as it is, 1000E prints as 1).
// Upstream: k8s.io/apimachinery/pkg/api/resource/{quantity,amount,suffix}.go.

/** How a quantity prints: 12e6, 12Mi or 12M. */
export type QuantityFormat = 'DecimalExponent' | 'BinarySI' | 'DecimalSI';

/** The text is no quantity. `message` is one of upstream's three texts. */
export class QuantityError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'QuantityError';
  }
}

const formatWrong =
  "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
const suffixWrong = "unable to parse quantity's suffix";
const numericWrong = 'unable to parse numeric part of quantity';

const decimalSuffixes: Record<string, number> = {
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
const binarySuffixes: Record<string, number> = { Ki: 10, Mi: 20, Gi: 30, Ti: 40, Pi: 50, Ei: 60 };
const suffixOfPower = new Map(Object.entries(decimalSuffixes).map(([suffix, power]) => [power, suffix]));
const suffixOfBits = new Map(Object.entries(binarySuffixes).map(([suffix, bits]) => [bits, suffix]));

const nano = -9;
const maxInt64 = 2n ** 63n - 1n;
const safeMax = BigInt(Number.MAX_SAFE_INTEGER);

/** 10^n; kept small on purpose: scales far apart are compared by length, never multiplied out. */
function pow10(n: number): bigint {
  return 10n ** BigInt(n);
}

function magnitude(value: bigint): bigint {
  return value < 0n ? -value : value;
}

/** `value` * 10^`from` in units of 10^`to`, rounded away from zero. */
function rescale(value: bigint, from: number, to: number): bigint {
  if (value === 0n || from === to) return value;
  if (from > to) return value * pow10(Math.min(from - to, 400));
  const away = value < 0n ? -1n : 1n;
  if (to - from > 400) return away;
  const divisor = pow10(to - from);
  const quotient = value / divisor;
  return quotient * divisor === value ? quotient : quotient + away;
}

/** An immutable quantity: `unscaled` * 10^`scale`. */
export class Quantity {
  readonly unscaled: bigint;
  readonly scale: number;
  readonly format: QuantityFormat;
  private text: string | undefined;

  constructor(unscaled: bigint, scale = 0, format: QuantityFormat = 'DecimalSI', text?: string) {
    this.unscaled = unscaled;
    this.scale = scale;
    this.format = format;
    this.text = text;
  }

  /** The canonical text. */
  toString(): string {
    this.text ??= canonicalText(this);
    return this.text;
  }

  isZero(): boolean {
    return this.unscaled === 0n;
  }

  sign(): -1 | 0 | 1 {
    if (this.unscaled === 0n) return 0;
    return this.unscaled < 0n ? -1 : 1;
  }

  /** -1, 0 or 1. */
  compare(other: Quantity): -1 | 0 | 1 {
    const sign = this.sign();
    const otherSign = other.sign();
    if (sign !== otherSign) return sign < otherSign ? -1 : 1;
    if (sign === 0) return 0;
    let a = this.unscaled;
    let b = other.unscaled;
    if (this.scale !== other.scale) {
      const digits = magnitude(a).toString().length + this.scale;
      const otherDigits = magnitude(b).toString().length + other.scale;
      if (digits !== otherDigits) return digits < otherDigits === sign > 0 ? -1 : 1;
      const scale = Math.min(this.scale, other.scale);
      a *= pow10(this.scale - scale);
      b *= pow10(other.scale - scale);
    }
    if (a === b) return 0;
    return a < b ? -1 : 1;
  }

  /** The sum. A zero takes the other's format, as upstream does. */
  add(other: Quantity): Quantity {
    const format = this.isZero() ? other.format : this.format;
    if (other.isZero()) return new Quantity(this.unscaled, this.scale, format);
    if (this.isZero()) return new Quantity(other.unscaled, other.scale, format);
    const scale = Math.min(this.scale, other.scale);
    const sum = rescale(this.unscaled, this.scale, scale) + rescale(other.unscaled, other.scale, scale);
    return new Quantity(sum, scale, format);
  }

  sub(other: Quantity): Quantity {
    return this.add(other.neg());
  }

  neg(): Quantity {
    return new Quantity(-this.unscaled, this.scale, this.format);
  }

  mul(factor: number | bigint): Quantity {
    return new Quantity(this.unscaled * BigInt(factor), this.scale, this.format);
  }

  /** The value in units of 10^`scale`, rounded away from zero; kept within ±(2^53 - 1). */
  scaledValue(scale: number): number {
    const value = rescale(this.unscaled, this.scale, scale);
    if (value > safeMax) return Number.MAX_SAFE_INTEGER;
    if (value < -safeMax) return -Number.MAX_SAFE_INTEGER;
    return Number(value);
  }

  /** Whole units, rounded away from zero. */
  value(): number {
    return this.scaledValue(0);
  }

  /** Thousandths, rounded away from zero. */
  milliValue(): number {
    return this.scaledValue(-3);
  }

  /** As a float; may lose precision. */
  toNumber(): number {
    return Number(`${this.unscaled}e${this.scale}`);
  }
}

/** The mantissa without trailing zeros, with an exponent that is a multiple of three. */
function decimalParts(quantity: Quantity): { mantissa: bigint; exponent: number } {
  let mantissa = quantity.unscaled;
  let exponent = quantity.scale;
  while (mantissa % 10n === 0n) {
    mantissa /= 10n;
    exponent++;
  }
  while (exponent % 3 !== 0) {
    mantissa *= 10n;
    exponent--;
  }
  return { mantissa, exponent };
}

/** The whole value when it prints with a binary suffix: not in (-1024, 1024), no fraction. */
function binaryValue(quantity: Quantity): bigint | undefined {
  const whole = rescale(quantity.unscaled, quantity.scale, 0);
  if (magnitude(whole) < 1024n) return undefined;
  return rescale(whole, 0, Math.min(quantity.scale, 0)) ===
    rescale(quantity.unscaled, quantity.scale, Math.min(quantity.scale, 0))
    ? whole
    : undefined;
}

function canonicalText(quantity: Quantity): string {
  if (quantity.isZero()) return '0';
  if (quantity.format === 'BinarySI') {
    let value = binaryValue(quantity);
    if (value !== undefined) {
      let bits = 0;
      while (value % 1024n === 0n) {
        value /= 1024n;
        bits += 10;
      }
      return `${value}${suffixOfBits.get(bits) ?? ''}`;
    }
  }
  const { mantissa, exponent } = decimalParts(quantity);
  if (quantity.format === 'DecimalExponent')
    return exponent === 0 ? `${mantissa}` : `${mantissa}e${exponent}`;
  return `${mantissa}${suffixOfPower.get(exponent) ?? ''}`;
}

interface Suffix {
  format: QuantityFormat;
  /** Power of ten, or of two for BinarySI. */
  exponent: number;
}

function parseSuffix(suffix: string): Suffix | undefined {
  if (Object.hasOwn(decimalSuffixes, suffix))
    return { format: 'DecimalSI', exponent: decimalSuffixes[suffix]! };
  if (Object.hasOwn(binarySuffixes, suffix)) return { format: 'BinarySI', exponent: binarySuffixes[suffix]! };
  const exponent = /^[eE]([+-]?[0-9]+)$/.exec(suffix)?.[1];
  if (exponent === undefined) return undefined;
  const parsed = BigInt(exponent.replace(/^\+/, ''));
  if (parsed > maxInt64 || parsed < -maxInt64 - 1n) return undefined;
  return { format: 'DecimalExponent', exponent: Number(BigInt.asIntN(32, parsed)) };
}

// Sign, zeros that do not count, digits, a fraction, and a suffix; every part may be missing.
const shape = /^([+-]?)(0*)([0-9]*)(?:\.([0-9]*))?([eEinumkKMGTP]*[-+]?[0-9]*)$/;

/** Whether upstream keeps the client's text instead of printing the value anew. */
function keepsText(suffix: Suffix, scale: number, digits: string): boolean {
  if (suffix.format === 'BinarySI') return suffix.exponent % 10 === 0 && (BigInt(digits) & 7n) !== 0n;
  return scale % 3 === 0 && !digits.endsWith('000') && digits[0] !== '0';
}

/** Whether the value fits the int64 that upstream tries first, by the same estimate. */
function fitsFastPath(suffix: Suffix, whole: string, fraction: string): boolean {
  if (suffix.format !== 'BinarySI') {
    if (whole.length + fraction.length > 18) return false;
    return suffix.exponent - fraction.length >= nano;
  }
  if (fraction !== '') return false;
  return 15 - whole.length - Math.trunc(Math.fround((suffix.exponent * 3) / 10)) - 1 >= 0;
}

function parse(text: string): Quantity {
  if (text === '') throw new QuantityError(formatWrong);
  const parts = shape.exec(text);
  if (parts === null) throw new QuantityError(formatWrong);
  const negative = parts[1] === '-';
  const whole = parts[3] === '' ? '0' : parts[3]!;
  const fraction = parts[4] ?? '';
  const suffix = parseSuffix(parts[5]!);
  if (suffix === undefined) throw new QuantityError(suffixWrong);
  const digits = whole + fraction;
  const unsigned = BigInt(digits);
  const binary = suffix.format === 'BinarySI';
  if (fitsFastPath(suffix, whole, fraction)) {
    const scale = binary ? 0 : suffix.exponent - fraction.length;
    const value = binary ? unsigned << BigInt(suffix.exponent) : unsigned;
    const kept = keepsText(suffix, scale, digits) ? text : undefined;
    return new Quantity(negative ? -value : value, scale, suffix.format, kept);
  }
  if (parts[2] === '' && parts[3] === '' && fraction === '') throw new QuantityError(numericWrong);
  return parseLarge(negative, unsigned, fraction.length, suffix);
}

/** What does not fit int64: rounded up to nanos, binary ones capped at 2^63 - 1. */
function parseLarge(negative: boolean, unsigned: bigint, places: number, suffix: Suffix): Quantity {
  const binary = suffix.format === 'BinarySI';
  let value = binary ? unsigned << BigInt(suffix.exponent) : unsigned;
  let scale = (binary ? 0 : suffix.exponent) - places;
  let format = suffix.format;
  if (scale < nano) {
    value = rescale(value, scale, nano);
    scale = nano;
  }
  if (binary) {
    if (rescale(value, scale, 0) > maxInt64) {
      value = maxInt64;
      scale = 0;
    }
    if (value > 0n && value < pow10(-scale)) format = 'DecimalSI';
  }
  return new Quantity(negative ? -value : value, scale, format);
}

const cache = new Map<string, Quantity>();
const cacheLimit = 8192;

/** Parses a quantity; throws QuantityError. The same few texts come again and again, so results are cached. */
export function parseQuantity(text: string): Quantity {
  let quantity = cache.get(text);
  if (quantity === undefined) {
    quantity = parse(text);
    if (cache.size >= cacheLimit) cache.clear();
    if (text.length <= 32) cache.set(text, quantity);
  }
  return quantity;
}

/** The canonical form of a quantity's text; throws QuantityError. */
export function canonicalQuantity(text: string): string {
  return parseQuantity(text).toString();
}

/** Compares two texts: -1, 0 or 1; throws QuantityError. */
export function compareQuantities(a: string, b: string): -1 | 0 | 1 {
  return parseQuantity(a).compare(parseQuantity(b));
}
