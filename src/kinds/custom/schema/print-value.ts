// Values as they stand in error texts of custom resources: numbers as Go's %v prints them, objects as JSON with their members
// in order. Upstream: Error.ErrorBody in k8s.io/apimachinery/pkg/util/validation/field/errors.go.
import { verbatim } from '../../../api/field-error.ts';
import { goJson, goPrint, goPrintFloat } from '../../../api/go-text.ts';

/** Whether Go reads the number as an int64 rather than as a float64. */
export function isInt64(value: number): boolean {
  return Number.isInteger(value) && value >= -(2 ** 63) && value < 2 ** 63;
}

/** A number as Go prints it. */
export function numberText(value: number): string {
  return isInt64(value) ? String(BigInt(value)) : goPrintFloat(value);
}

/** A value as Go's %v prints it; objects as maps. */
export function valueText(value: unknown): string {
  if (typeof value === 'number') return numberText(value);
  if (typeof value === 'bigint') return String(value);
  if (Array.isArray(value)) return `[${value.map(valueText).join(' ')}]`;
  if (typeof value !== 'object' || value === null) return goPrint(value);
  const object = value as Record<string, unknown>;
  const members = Object.keys(object).sort(byBytes);
  return `map[${members.map((name) => `${name}:${valueText(object[name])}`).join(' ')}]`;
}

/** A number that Go holds as a float64, whole or not. */
export function shownFloat(value: number | bigint): unknown {
  return verbatim(goPrintFloat(Number(value)));
}

/** Byte order, as Go sorts the members of an object. */
export function byBytes(a: string, b: string): number {
  if (a === b) return 0;
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** The JSON of a value, as Go prints a map: members sorted. */
export function sortedJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(sortedJson).join(',')}]`;
  if (typeof value === 'number') return isInt64(value) ? String(BigInt(value)) : goJson(value);
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return goJson(value);
  const object = value as Record<string, unknown>;
  const members = Object.keys(object).sort(byBytes);
  return `{${members.map((name) => `${goJson(name)}:${sortedJson(object[name])}`).join(',')}}`;
}

/** What to hand to the functions of field-error.ts as the bad value. */
export function shown(value: unknown): unknown {
  if (typeof value === 'number') return verbatim(numberText(value));
  if (typeof value === 'bigint') return verbatim(String(value));
  if (typeof value === 'object' && value !== null) return verbatim(sortedJson(value));
  return value;
}
