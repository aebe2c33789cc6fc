// How items of associative lists are told apart: by their keys, or by their value. Upstream:
// structured-merge-diff/v6/typed/helpers.go, listItemToPathElement.
import { goQuote } from '../../go-text.ts';
import { isJsonObject } from '../../json-object.ts';
import type { Json } from '../../object.ts';
import { compareText, elementValueText, keyNameText, valueElement } from '../paths/path-element.ts';
import type { ListType } from '../schema/schema.ts';

/** Why an item has no path element. */
export class ElementFault {
  readonly message: string;

  constructor(message: string) {
    this.message = message;
  }
}

/** What an item is compared by, prepared once per list type. */
interface KeyPlan {
  readonly name: string;
  /** `"name":` */
  readonly prefix: string;
  readonly default: Json | undefined;
}

const plans = new WeakMap<ListType, readonly KeyPlan[]>();

function planOf(list: ListType): readonly KeyPlan[] {
  let plan = plans.get(list);
  if (plan === undefined) {
    const fields = list.elementType.atom.map?.fields;
    plan = [...list.keys].sort(compareText).map((name) => ({
      name,
      prefix: `${keyNameText(name)}:`,
      default: fields?.get(name)?.default ?? undefined,
    }));
    plans.set(list, plan);
  }
  return plan;
}

const nullElement = new ElementFault('associative list with keys may not have a null element');
const noObject = new ElementFault('associative list with keys may not have non-map elements');
const objectInSet = new ElementFault("associative list without keys has an element that's a map type");
const listInSet = new ElementFault('not supported: associative list with lists as elements');
const nullInSet = new ElementFault("associative list without keys has an element that's an explicit null");
const notAssociative = new ElementFault('invalid indexing of non-associative list');

function keylessFault(list: ListType): ElementFault {
  if (list.elementType.atom.map === undefined)
    return new ElementFault(
      `couldn't find default value for ${list.keys[0]}: associative list may not have non-map types`,
    );
  const keys = `[${list.keys.map(goQuote).join(' ')}]`;
  return new ElementFault(
    `associative list with keys has an element that omits all key fields ${keys} (and doesn't have default values for any key fields)`,
  );
}

/** The path element of an item of an associative list, as canonical text. */
export function elementOfItem(list: ListType, item: Json): string | ElementFault {
  if (!list.associative) return notAssociative;
  if (list.keys.length === 0) {
    if (item === null) return nullInSet;
    if (typeof item === 'object') return Array.isArray(item) ? listInSet : objectInSet;
    return valueElement(item);
  }
  if (item === null) return nullElement;
  if (!isJsonObject(item)) return noObject;
  let text = '';
  for (const key of planOf(list)) {
    const own = item[key.name];
    const value = own === undefined || !Object.hasOwn(item, key.name) ? key.default : own;
    if (value === undefined) continue;
    text += `${text === '' ? '' : ','}${key.prefix}${elementValueText(value)}`;
  }
  return text === '' ? keylessFault(list) : `k:{${text}}`;
}

/** Why an item has no path element; undefined when it has one. Cheaper than the element itself. */
export function faultOfItem(list: ListType, item: Json): ElementFault | undefined {
  if (list.associative && list.keys.length > 0 && isJsonObject(item)) {
    for (const key of planOf(list))
      if (key.default !== undefined || Object.hasOwn(item, key.name)) return undefined;
    return keylessFault(list);
  }
  const element = elementOfItem(list, item);
  return typeof element === 'string' ? undefined : element;
}
