// Fields that hold a number or a text: target ports, percentages of replicas.
// Upstream: k8s.io/apimachinery/pkg/util/intstr/intstr.go.
import { goQuote } from './go-text.ts';

/** meta/v1 IntOrString as it stands in JSON. */
export type IntOrString = number | string;

/** The value is no number and no percentage. */
export class IntOrStringError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'IntOrStringError';
  }
}

/** Go's strconv.Atoi; the second value is its error text. */
function atoi(text: string): { value: number } | { problem: string } {
  if (!/^[+-]?[0-9]+$/.test(text))
    return { problem: `strconv.Atoi: parsing ${goQuote(text)}: invalid syntax` };
  const value = BigInt(text.replace(/^\+/, ''));
  if (BigInt.asIntN(64, value) !== value)
    return { problem: `strconv.Atoi: parsing ${goQuote(text)}: value out of range` };
  return { value: Number(value) };
}

/** A text that is a number becomes one. */
export function parseIntOrString(text: string): IntOrString {
  const parsed = atoi(text);
  return 'value' in parsed && (parsed.value | 0) === parsed.value ? parsed.value : text;
}

/** The number, or what the text reads as; 0 when it is no number. */
export function intValue(value: IntOrString): number {
  if (typeof value === 'number') return value;
  const parsed = atoi(value);
  return 'value' in parsed ? parsed.value : 0;
}

/** The number in front of `%`; undefined when the value is not `<number>%`. */
export function percentValue(value: IntOrString): number | undefined {
  if (typeof value !== 'string' || !value.endsWith('%')) return undefined;
  const parsed = atoi(value.slice(0, -1));
  return 'value' in parsed ? parsed.value : undefined;
}

/** A number as it is, a percentage of `total` rounded up or down; throws IntOrStringError for other texts. */
export function scaledValue(value: IntOrString, total: number, roundUp: boolean): number {
  if (typeof value === 'number') return value;
  if (!value.endsWith('%'))
    throw new IntOrStringError('invalid value for IntOrString: invalid type: string is not a percentage');
  const parsed = atoi(value.slice(0, -1));
  if ('problem' in parsed)
    throw new IntOrStringError(
      `invalid value for IntOrString: invalid value ${goQuote(value)}: ${parsed.problem}`,
    );
  const exact = (parsed.value * total) / 100;
  return roundUp ? Math.ceil(exact) : Math.floor(exact);
}
