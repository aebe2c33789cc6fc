// Whether one type can stand for another, with type variables filled in on the way.
// Upstream: cel-go checker/types.go and mapping.go.
import { dynType, isDyn, isDynOrError, type Type, withParams } from './types.ts';

const nullable = new Set(['opaque', 'struct', 'duration', 'timestamp', 'null']);

function isEqualOrLessSpecific(a: Type, b: Type): boolean {
  if (isDyn(a) || a.kind === 'param') return true;
  if (isDyn(b) || b.kind === 'param') return false;
  if (a.kind !== b.kind) return false;
  switch (a.kind) {
    case 'opaque':
      if (a.name !== b.name || a.params.length !== b.params.length) return false;
      return a.params.every((param, i) => isEqualOrLessSpecific(param, b.params[i]!));
    case 'list':
    case 'map':
      return a.params.every((param, i) => isEqualOrLessSpecific(param, b.params[i]!));
    case 'type':
      return true;
    default:
      return a.text === b.text;
  }
}

/** The more general of two types that go together. */
export function mostGeneral(a: Type, b: Type): Type {
  return isEqualOrLessSpecific(a, b) ? a : b;
}

/** What type variables stand for. A failed comparison leaves it as it was. */
export class Substitutions {
  private readonly types = new Map<string, Type>();
  private trail: [string, Type | undefined][] = [];

  /** Whether `b` may stand where `a` is wanted. */
  isAssignable(a: Type, b: Type): boolean {
    return this.areAssignable([a], [b]);
  }

  /** The same for lists of types, all or nothing. */
  areAssignable(a: readonly Type[], b: readonly Type[]): boolean {
    this.trail = [];
    if (this.lists(a, b)) return true;
    for (const [name, before] of this.trail.reverse()) {
      if (before === undefined) this.types.delete(name);
      else this.types.set(name, before);
    }
    return false;
  }

  /** The type with its variables filled in; with `toDyn` the unknown ones become dyn. */
  substitute(type: Type, toDyn: boolean): Type {
    const known = this.types.get(type.text);
    if (known !== undefined) return this.substitute(known, toDyn);
    if (type.kind === 'param') return toDyn ? dynType : type;
    if (type.params.length === 0) return type;
    return withParams(
      type,
      type.params.map((param) => this.substitute(param, toDyn)),
    );
  }

  private set(variable: Type, type: Type): void {
    this.trail.push([variable.text, this.types.get(variable.text)]);
    this.types.set(variable.text, type);
  }

  private lists(a: readonly Type[], b: readonly Type[]): boolean {
    return a.length === b.length && a.every((type, i) => this.matches(type, b[i]!));
  }

  private matches(a: Type, b: Type): boolean {
    if (b.kind === 'param') {
      const { valid, known } = this.fill(a, b);
      if (valid) return true;
      if (known) return false;
    }
    if (a.kind === 'param') return this.fill(b, a).valid;
    if (isDynOrError(a) || isDynOrError(b)) return true;
    if (a.kind === 'null') return nullable.has(b.kind);
    if (b.kind === 'null') return nullable.has(a.kind);
    if (a.kind !== b.kind) return false;
    if (a.kind === 'type') return true;
    if (a.kind === 'opaque' || a.kind === 'list' || a.kind === 'map')
      return a.name === b.name && this.lists(a.params, b.params);
    return a.name === b.name;
  }

  /** Whether `type` may be what the variable stands for. */
  private fill(type: Type, variable: Type): { valid: boolean; known: boolean } {
    if (type.text === variable.text) return { valid: true, known: true };
    const before = this.types.get(variable.text);
    if (before !== undefined) {
      if (type.text === before.text) return { valid: true, known: true };
      if (!this.matches(type, before)) return { valid: false, known: true };
      const general = mostGeneral(type, before);
      if (this.isFree(variable, general)) this.set(variable, general);
      return { valid: true, known: true };
    }
    if (!this.isFree(variable, type)) return { valid: false, known: false };
    this.set(variable, type);
    return { valid: true, known: false };
  }

  /** Whether the variable occurs nowhere within the type. */
  private isFree(variable: Type, within: Type): boolean {
    if (variable.text === within.text) return false;
    if (within.kind === 'param') {
      const known = this.types.get(within.text);
      return known === undefined || this.isFree(variable, known);
    }
    return within.params.every((param) => this.isFree(variable, param));
  }
}
