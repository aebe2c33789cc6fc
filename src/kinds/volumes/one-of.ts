// A volume has exactly one source.
import type { FieldErrors } from '../validation/field-errors.ts';

/** A source's field, its rule, and the paths under which upstream reports faults where they differ from the field. */
export interface SourceEntry<T, C = undefined> {
  readonly field: keyof T & string;
  readonly rule: (errors: FieldErrors, source: never, path: string, context: C, volume: T) => void;
  /** Name in the fault of a second source. */
  readonly second?: string;
  /** Name in the faults of the source itself. */
  readonly own?: string;
  /** FlexVolume of a PersistentVolume is checked even beside another source. */
  readonly always?: boolean;
}

/** Makes an entry whose rule fits its field's type. */
export function source<T, C, F extends keyof T & string>(
  field: F,
  rule: (errors: FieldErrors, source: NonNullable<T[F]>, path: string, context: C, volume: T) => void,
  names: { second?: string; own?: string; always?: boolean } = {},
): SourceEntry<T, C> {
  return { field, rule: rule as SourceEntry<T, C>['rule'], ...names };
}

/** Checks the sources in order. `after` runs behind each source, good or not. */
export function validateOneSource<T extends object, C>(
  errors: FieldErrors,
  volume: T,
  entries: readonly SourceEntry<T, C>[],
  path: string,
  context: C,
  after?: (field: string) => void,
): void {
  let found = 0;
  for (const entry of entries) {
    const value = volume[entry.field];
    if (value === undefined || value === null) continue;
    if (found > 0 && !entry.always)
      errors.forbidden(`${path}.${entry.second ?? entry.field}`, 'may not specify more than 1 volume type');
    else {
      found++;
      entry.rule(errors, value as never, `${path}.${entry.own ?? entry.field}`, context, volume);
    }
    after?.(entry.field);
  }
  if (found === 0) errors.required(path, 'must specify a volume type');
}
