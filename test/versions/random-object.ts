// Random objects of a type of the tables, as a client might send them: any field there or not, values of its type.
import type { Random } from '../../src/api/clock.ts';
import { enumFact, type FieldFact, findType, typeFact } from '../../src/api/schema/type-table.ts';

const deepest = 9;

/** A generator that gives the same numbers for the same seed. */
export function seededFloat(seed: number): Random['float'] {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** Makes objects. */
export class RandomObjects {
  private readonly float: () => number;

  constructor(seed: number) {
    this.float = seededFloat(seed);
  }

  private below(n: number): number {
    return Math.floor(this.float() * n);
  }

  private word(): string {
    return 'abcdefgh'[this.below(8)]! + 'xyz'[this.below(3)]! + this.below(10);
  }

  private scalar(field: FieldFact): unknown {
    const values = field.enum ? Object.values(enumFact(field.enum)?.values ?? {}) : [];
    switch (field.type) {
      case 'string':
        return values.length > 0 ? values[this.below(values.length)] : this.word();
      case 'int32':
      case 'int64':
        return 1 + this.below(100);
      case 'float64':
        return 1 + this.below(100) / 4;
      case 'bool':
        return true;
      case 'bytes':
        return Buffer.from(this.word()).toString('base64');
      case 'Quantity':
        return `${1 + this.below(9)}Gi`;
      case 'Time':
        return '2020-01-02T03:04:05Z';
      case 'MicroTime':
        return '2020-01-02T03:04:05.000006Z';
      case 'Duration':
        return '1m0s';
      case 'IntOrString':
        return this.float() < 0.5 ? 1 + this.below(100) : `${1 + this.below(100)}%`;
      default:
        return { [this.word()]: this.word() };
    }
  }

  private value(field: FieldFact, depth: number): unknown {
    return findType(field.type) ? this.of(field.type, depth + 1) : this.scalar(field);
  }

  /** An object of the type, without apiVersion and kind. */
  of(ref: string, depth = 0): unknown {
    const fact = typeFact(ref);
    if (fact.wrap) return [this.word()];
    const object: Record<string, unknown> = {};
    for (const field of fact.fields) {
      if (field.type === 'meta/v1.TypeMeta' || field.json === 'managedFields') continue;
      if (field.inline && field.json === '') Object.assign(object, this.of(field.type, depth));
      else if (field.required || (this.float() < 0.6 && depth < deepest))
        object[field.json] = this.filled(field, depth);
    }
    return object;
  }

  private filled(field: FieldFact, depth: number): unknown {
    if (!field.list && !field.map) return this.value(field, depth);
    const values = Array.from({ length: 1 + this.below(2) }, () => this.value(field, depth));
    return field.list ? values : Object.fromEntries(values.map((value, i) => [`k${i}`, value]));
  }
}
