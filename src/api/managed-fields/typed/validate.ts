// Checks that a value fits its merge type: what the schema declares, and what tells items of lists apart.
// Upstream: structured-merge-diff/v6/typed/validate.go.
import { goPrint, goPrintFloat, goQuote } from '../../go-text.ts';
import type { Json, JsonObject } from '../../object.ts';
import { displayElement, displayPath, fieldElement } from '../paths/path-element.ts';
import type { ListType, MapType, Scalar, SchemaType } from '../schema/schema.ts';
import { fitsBeside } from './fits.ts';
import { ElementFault, elementOfItem, faultOfItem } from './list-elements.ts';
import { type TypeFault, throwFaults } from './validation-error.ts';

function goTypeName(value: Json): string {
  if (typeof value === 'string') return 'string';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number') return 'float64';
  if (typeof value === 'bigint') return 'int64';
  return Array.isArray(value) ? '[]interface {}' : 'map[string]interface {}';
}

/** As Go's %#v prints what stands in an interface. */
function goSyntax(value: Json): string {
  if (value === null) return 'interface {}(nil)';
  if (typeof value === 'string') return goQuote(value);
  if (typeof value === 'number') return goPrintFloat(value);
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return `[]interface {}{${value.map(goSyntax).join(', ')}}`;
  const members = Object.keys(value).sort();
  return `map[string]interface {}{${members.map((name) => `${goQuote(name)}:${goSyntax(value[name]!)}`).join(', ')}}`;
}

/** Why a value is not the scalar; undefined when it is, or is absent. */
export function scalarFault(scalar: Scalar, value: Json | undefined): string | undefined {
  if (value === undefined || value === null) return undefined;
  switch (scalar) {
    case 'numeric':
      if (typeof value === 'number' || typeof value === 'bigint') return undefined;
      return `expected numeric (int or float), got ${goTypeName(value)}`;
    case 'string':
      if (typeof value === 'string') return undefined;
      return `expected string, got &value.valueUnstructured{Value:${goSyntax(value)}}`;
    case 'boolean':
      if (typeof value === 'boolean') return undefined;
      return `expected boolean, got &{${goPrint(value)}}`;
    default:
      if (typeof value !== 'object') return undefined;
      return `expected any scalar, got &{${goPrint(value)}}`;
  }
}

class Validator {
  readonly faults: TypeFault[] = [];
  readonly allowDuplicates: boolean;
  private readonly path: string[] = [];
  // Where the walk is in lists: their elements are spelled only when a fault needs them.
  private readonly items: { list: ListType; index: number; item: Json }[] = [];

  constructor(allowDuplicates: boolean) {
    this.allowDuplicates = allowDuplicates;
  }

  private fault(message: string, element = ''): void {
    let nth = 0;
    const path = this.path.map((step) => {
      if (step !== '') return step;
      const { list, index, item } = this.items[nth++]!;
      const found = list.associative ? elementOfItem(list, item) : `i:${index}`;
      return found instanceof ElementFault ? `i:${index}` : found;
    });
    this.faults.push({ path: displayPath(path) + (element === '' ? '' : displayElement(element)), message });
  }

  value(type: SchemaType, value: Json | undefined): void {
    const atom = type.atom;
    switch (type.handled(type.formOf(value))) {
      case 'map':
        this.map(atom.map!, value);
        break;
      case 'list':
        this.list(atom.list!, value);
        break;
      case 'scalar': {
        const message = scalarFault(atom.scalar!, value);
        if (message !== undefined) this.fault(message);
        break;
      }
      default:
        this.fault(type.fault);
    }
  }

  private map(map: MapType, value: Json | undefined): void {
    if (value === undefined || value === null) return;
    if (typeof value !== 'object' || Array.isArray(value)) {
      this.fault(`expected map, got &{${goPrint(value)}}`);
      return;
    }
    this.members(map, value);
  }

  private members(map: MapType, object: JsonObject): void {
    const { fields, elementType } = map;
    for (const name in object) {
      const value = object[name];
      if (value === undefined) continue;
      const type = fields.get(name)?.type ?? elementType;
      if (type === undefined) {
        // Upstream stops at the first one.
        this.fault('field not declared in schema', fieldElement(name));
        return;
      }
      this.path.push(`f:${name}`);
      this.value(type, value);
      this.path.pop();
    }
  }

  private list(list: ListType, value: Json | undefined): void {
    if (value === undefined || value === null) return;
    if (!Array.isArray(value)) {
      this.fault(`expected list, got &{${goPrint(value)}}`);
      return;
    }
    const seen = list.associative && !this.allowDuplicates ? new Set<string>() : undefined;
    for (let index = 0; index < value.length; index++) {
      const item = value[index]!;
      if (list.associative) {
        const fault = faultOfItem(list, item);
        if (fault !== undefined) {
          this.fault(`element ${index}: ${fault.message}`);
          return;
        }
        if (seen !== undefined) this.unique(list, item, seen);
      }
      this.path.push('');
      this.items.push({ list, index, item });
      this.value(list.elementType, item);
      this.items.pop();
      this.path.pop();
    }
  }

  private unique(list: ListType, item: Json, seen: Set<string>): void {
    const element = elementOfItem(list, item) as string;
    if (seen.has(element)) this.fault(`duplicate entries for key ${displayElement(element)}`);
    seen.add(element);
  }
}

/**
 * Throws TypeFaults when a value does not fit; duplicates in sets and keyed lists are faults unless they are allowed. What the
 * value shares with `fitting`, which was found to fit with duplicates allowed, is not looked at again.
 */
export function validate(
  type: SchemaType,
  value: Json,
  options: { allowDuplicates: boolean; fitting?: Json },
): void {
  if (options.allowDuplicates && fitsBeside(type, value, options.fitting ?? null)) return;
  const validator = new Validator(options.allowDuplicates);
  validator.value(type, value);
  throwFaults(validator.faults);
}
