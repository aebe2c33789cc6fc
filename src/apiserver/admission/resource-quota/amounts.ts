// Arithmetic on lists of resources.
// Upstream: k8s.io/apiserver/pkg/quota/v1/resources.go.
import { compareQuantities, parseQuantity, Quantity } from '../../../api/quantity.ts';
import type { ResourceList } from '../../../kinds/pod-spec/resources.ts';

/** `a` + `b` for each name of either. */
export function sum(a: ResourceList, b: ResourceList): ResourceList {
  const result = { ...a };
  for (const name in b) {
    const other = result[name];
    result[name] =
      other === undefined ? b[name]! : parseQuantity(other).add(parseQuantity(b[name]!)).toString();
  }
  return result;
}

/** `a` - `b` for each name of either, 0 where that is less. */
export function difference(a: ResourceList, b: ResourceList): ResourceList {
  const result: ResourceList = {};
  for (const name in { ...a, ...b }) {
    const value = parseQuantity(a[name] ?? '0').sub(parseQuantity(b[name] ?? '0'));
    result[name] = value.sign() > 0 ? value.toString() : '0';
  }
  return result;
}

/** The entries with these names. */
export function only(list: ResourceList, names: ReadonlySet<string>): ResourceList {
  return Object.fromEntries(Object.entries(list).filter(([name]) => names.has(name)));
}

/** The entries that are not 0. */
export function withoutZeros(list: ResourceList): ResourceList {
  return Object.fromEntries(Object.entries(list).filter(([, value]) => !parseQuantity(value).isZero()));
}

/** Names whose value is below 0. */
export function negativeNames(list: ResourceList): string[] {
  return Object.keys(list).filter((name) => parseQuantity(list[name]!).sign() < 0);
}

/** Names whose value is above that of `most`; names that `most` lacks are free. */
export function exceeding(list: ResourceList, most: ResourceList): Set<string> {
  return new Set(
    Object.keys(list).filter(
      (name) => most[name] !== undefined && compareQuantities(list[name]!, most[name]) > 0,
    ),
  );
}

/** Whether both say the same. */
export function isEqual(a: ResourceList, b: ResourceList): boolean {
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => b[name] !== undefined && compareQuantities(a[name]!, b[name]) === 0)
  );
}

/** A quantity as whole units, rounded up. */
export function wholeUnits(text: string): string {
  const quantity = parseQuantity(text);
  const isWhole = quantity.scale >= 0 || quantity.unscaled % 10n ** BigInt(-quantity.scale) === 0n;
  return isWhole ? text : new Quantity(BigInt(quantity.value()), 0, quantity.format).toString();
}

/** `cpu=1,memory=1Gi`. */
export function printAmounts(list: ResourceList): string {
  return Object.keys(list)
    .sort()
    .map((name) => `${name}=${list[name]}`)
    .join(',');
}

/** `cpu,memory`. */
export function printNames(names: readonly string[]): string {
  return [...names].sort().join(',');
}
