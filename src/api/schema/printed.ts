// Empty lists and maps that Go leaves out when it prints, but whose rules tell them from absent ones: decoding keeps them
// where the tables say `keepsEmpty`, and whoever looks at the printed object takes them out again here.
import { structFields } from './struct-fields.ts';
import { type FieldFact, isReference, typeFact } from './type-table.ts';

type Printer = (value: unknown) => unknown;

const holders = new Map<string, boolean>();
const printers = { usual: new Map<string, Printer>(), keepingEmpty: new Map<string, Printer>() };

/** The types that the fields of a type have. */
function referenced(ref: string): string[] {
  return structFields(ref)
    .map(({ fact }) => fact.type)
    .filter(isReference);
}

/** Whether a value of the type, or of any inside it, has a field that keeps empty lists. */
function mayHold(ref: string): boolean {
  let holds = holders.get(ref);
  if (holds === undefined) {
    const seen = new Set([ref]);
    for (const type of seen) for (const inner of referenced(type)) seen.add(inner);
    holds = [...seen].some((type) => structFields(type).some(({ fact }) => fact.keepsEmpty !== undefined));
    holders.set(ref, holds);
  }
  return holds;
}

function isEmpty(value: unknown): boolean {
  if (value === '') return true;
  if (typeof value !== 'object' || value === null) return false;
  for (const _ in value) return false;
  return true;
}

function printElements(value: unknown, print: Printer): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (!Array.isArray(value))
    return printMembers(value as Record<string, unknown>, Object.keys(value), () => print);
  let copy: unknown[] | undefined;
  for (let i = 0; i < value.length; i++) {
    const printed = print(value[i]);
    if (printed === value[i]) continue;
    copy ??= [...value];
    copy[i] = printed;
  }
  return copy ?? value;
}

function printMembers(
  object: Record<string, unknown>,
  names: readonly string[],
  printerOf: (name: string) => Printer,
): Record<string, unknown> {
  let copy: Record<string, unknown> | undefined;
  for (const name of names) {
    const member = object[name];
    const printed = printerOf(name)(member);
    if (printed === member) continue;
    copy ??= { ...object };
    if (printed === undefined) delete copy[name];
    else copy[name] = printed;
  }
  return copy ?? object;
}

/** Prints a field; undefined where nothing in it can be left out. */
function fieldPrinter(fact: FieldFact, keepsEmptyInside: boolean): Printer | undefined {
  const inside = keepsEmptyInside || fact.keepsEmpty === 'inside';
  const plural = fact.list === true || fact.map === true;
  const omits =
    (plural || fact.type === 'bytes') && fact.omitempty === true && (inside || fact.keepsEmpty === true);
  const holds = isReference(fact.type) && (inside || mayHold(fact.type));
  if (!omits && !holds) return undefined;
  let print: Printer | undefined;
  return (value) => {
    if (omits && isEmpty(value)) return undefined;
    if (!holds) return value;
    print ??= printerOf(fact.type, inside);
    return plural ? printElements(value, print) : print(value);
  };
}

function unionPrinter(ref: string): Printer {
  const { fields } = typeFact(ref);
  const schema = fields.find(({ pointer }) => pointer)!.type;
  return (value) => (Array.isArray(value) || typeof value !== 'object' ? value : printerOf(schema)(value));
}

function compile(ref: string, keepsEmpty: boolean): Printer {
  if (!keepsEmpty && !mayHold(ref)) return (value) => value;
  if (typeFact(ref).jsonUnion) return unionPrinter(ref);
  const fields = new Map<string, Printer>();
  for (const { fact } of structFields(ref)) {
    const print = fieldPrinter(fact, keepsEmpty);
    if (print) fields.set(fact.json, print);
  }
  const names = [...fields.keys()];
  return (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    return printMembers(value as Record<string, unknown>, names, (name) => fields.get(name)!);
  };
}

function printerOf(ref: string, keepsEmpty = false): Printer {
  const cache = keepsEmpty ? printers.keepingEmpty : printers.usual;
  let printer = cache.get(ref);
  if (printer === undefined) {
    printer = compile(ref, keepsEmpty);
    cache.set(ref, printer);
  }
  return printer;
}

/** A decoded object of the type `ref` (`core/v1.Pod`) as it is printed; the very same one where that makes no difference. */
export function printed<T extends object>(ref: string, object: T): T {
  return printerOf(ref)(object) as T;
}
