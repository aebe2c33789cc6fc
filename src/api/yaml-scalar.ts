// What a plain YAML scalar means to Kubernetes: the rules of YAML 1.1 as go-yaml v2 has them.
// Upstream: go.yaml.in/yaml/v2/resolve.go.
import { integerOf } from './long-integers.ts';

const constants = new Map<string, null | boolean>();
for (const text of ['~', 'null', 'Null', 'NULL', '']) constants.set(text, null);
for (const word of ['y', 'yes', 'true', 'on', 'n', 'no', 'false', 'off']) {
  const value = ['y', 'yes', 'true', 'on'].includes(word);
  const capital = word[0]!.toUpperCase() + word.slice(1);
  for (const text of [word, capital, word.toUpperCase()]) constants.set(text, value);
}

const infinities = new Map<string, number>();
for (const text of ['.inf', '.Inf', '.INF']) {
  infinities.set(text, Number.POSITIVE_INFINITY);
  infinities.set(`+${text}`, Number.POSITIVE_INFINITY);
  infinities.set(`-${text}`, Number.NEGATIVE_INFINITY);
}
for (const text of ['.nan', '.NaN', '.NAN']) infinities.set(text, Number.NaN);

const floatPattern = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/;
const intPattern = /^([-+]?)(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|0|[1-9][0-9]*)$/;

/** Go's ParseInt and ParseUint with base 0; undefined when the text is no integer or does not fit 64 bits. */
function parseInteger(text: string): number | bigint | undefined {
  const parts = intPattern.exec(text);
  if (parts === null) return undefined;
  const digits = /^0[0-7]+$/.test(parts[2]!) ? `0o${parts[2]!.slice(1)}` : parts[2]!;
  const size = BigInt(digits.toLowerCase());
  const negative = parts[1] === '-';
  if (negative ? size > 2n ** 63n : size >= 2n ** 64n || (parts[1] === '+' && size >= 2n ** 63n))
    return undefined;
  return integerOf(negative ? -size : size);
}

/** The value of a scalar that stands without quotes and without a tag. */
export function resolvePlainScalar(text: string): null | boolean | number | bigint | string {
  const constant = constants.get(text);
  if (constant !== undefined) return constant;
  const special = infinities.get(text);
  if (special !== undefined) return special;
  if (!/^[-+.0-9]/.test(text)) return text;
  const plain = text[0] === '.' ? text : text.replaceAll('_', '');
  const integer = parseInteger(plain);
  if (integer !== undefined) return integer;
  if (floatPattern.test(plain)) {
    const value = Number(plain);
    if (Number.isFinite(value)) return value;
  }
  return text;
}
