// The limits on the estimated cost of a CRD's rules, and their texts.
// Upstream: getCostErrorMessage and TotalCost of
// k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/validation/{validation,cel_validation}.go.
import { type FieldError, forbiddenField } from '../../../api/field-error.ts';
import { FieldPath } from '../../../api/field-path.ts';

/** The most that one rule or messageExpression may be estimated at. */
export const ruleCostLimit = 10_000_000;
const schemaCostLimit = 100_000_000;
const maxShown = 4;

/** `<what> exceeds budget by factor of 3.1x (...)`. */
export function costText(what: string, cost: number, limit: number): string {
  const factor = cost / limit;
  const small = factor < 1.5 ? factor.toFixed(6) : factor.toFixed(1);
  const shown = factor > 100 ? 'more than 100x' : `${small}x`;
  return `${what} exceeds budget by factor of ${shown} (try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)`;
}

/** The sum of the costs of a schema's rules. */
export class TotalCost {
  private total = 0;
  private expensive: { path: string; cost: number }[] = [];

  add(path: string, cost: number): void {
    this.total = Math.min(this.total + cost, 2 ** 64);
    // What is less than a hundredth of the limit is never named.
    if (cost < schemaCostLimit / 100) return;
    this.expensive.push({ path, cost });
    this.expensive.sort((a, b) => b.cost - a.cost);
    this.expensive.length = Math.min(this.expensive.length, maxShown);
  }

  /** Errors when the sum is above the limit for a schema. */
  errors(schemaPath: string): FieldError[] {
    if (this.total <= schemaCostLimit) return [];
    const contributed =
      'contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema';
    const what = 'x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema';
    return [
      ...this.expensive.map(({ path }) => forbiddenField(new FieldPath(path), contributed)),
      forbiddenField(new FieldPath(schemaPath), costText(what, this.total, schemaCostLimit)),
    ];
  }
}
