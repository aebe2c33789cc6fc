// Collects the faults of one object. Paths are plain strings (`spec.containers[0]`): joining strings costs next to nothing
// on the good path, building FieldPath objects does not.
import {
  duplicate,
  type FieldError,
  fieldNotFound,
  forbiddenField,
  internalFieldError,
  invalid,
  notSupported,
  printValue,
  required,
  tooLong,
  tooMany,
} from '../../api/field-error.ts';
import { FieldPath } from '../../api/field-path.ts';

/** A list of faults with one method per sort of fault; the texts are those of src/api/field-error.ts. */
export class FieldErrors {
  readonly list: FieldError[] = [];

  required(field: string, detail = ''): void {
    this.list.push(required(new FieldPath(field), detail));
  }

  invalid(field: string, value: unknown, detail: string): void {
    this.list.push(invalid(new FieldPath(field), value, detail));
  }

  /** `Invalid value: <detail>`, where no single value is to blame. */
  wrong(field: string, detail: string): void {
    this.list.push({ type: 'FieldValueInvalid', field, body: `Invalid value: ${detail}` });
  }

  /** One `Invalid value` per message. */
  invalids(field: string, value: unknown, messages: readonly string[]): void {
    for (const message of messages) this.invalid(field, value, message);
  }

  notSupported(field: string, value: unknown, supported: readonly string[]): void {
    this.list.push(notSupported(new FieldPath(field), value, supported));
  }

  forbidden(field: string, detail: string): void {
    this.list.push(forbiddenField(new FieldPath(field), detail));
  }

  duplicate(field: string, value: unknown): void {
    this.list.push(duplicate(new FieldPath(field), value));
  }

  notFound(field: string, value: unknown, detail = ''): void {
    const error = fieldNotFound(new FieldPath(field), value);
    this.list.push(detail === '' ? error : { ...error, body: `${error.body}: ${detail}` });
  }

  tooLong(field: string, max: number, unit: 'bytes' | 'characters' = 'bytes'): void {
    this.list.push(tooLong(new FieldPath(field), max, unit));
  }

  tooMany(field: string, actual: number, max: number): void {
    this.list.push(tooMany(new FieldPath(field), actual, max));
  }

  internal(field: string, detail: string): void {
    this.list.push(internalFieldError(new FieldPath(field), detail));
  }

  tooFew(field: string, min: number): void {
    const detail = `must have at least ${min} item${min === 1 ? '' : 's'}`;
    this.list.push({ type: 'FieldValueTooFew', field, body: `Too few: ${printValue('')}: ${detail}` });
  }

  /** Takes over faults found elsewhere. */
  add(errors: readonly FieldError[]): void {
    this.list.push(...errors);
  }

  get empty(): boolean {
    return this.list.length === 0;
  }
}
