// When two decoded values mean the same: null, missing and empty lists are equal, and so are quantities of the same value.
// Upstream: k8s.io/apimachinery/pkg/api/equality/semantic.go.
import { writeJson } from '../api/long-integers.ts';
import type { Json } from '../api/object.ts';
import { compareQuantities } from '../api/quantity.ts';

// Fields whose texts (or whose maps' texts) are quantities. Decoding keeps the format a client chose, so 1k and 1e3 stay
// different texts of one value.
const quantityFields = new Set([
  'limits',
  'requests',
  'capacity',
  'allocatable',
  'allocatedResources',
  'hard',
  'used',
  'overhead',
  'podFixed',
  'sizeLimit',
  'divisor',
  'max',
  'min',
  'default',
  'defaultRequest',
  'maxLimitRequestRatio',
  'averageValue',
  'value',
  'maximumVolumeSize',
]);

// Maps with keys that users choose: a label called `min` is no quantity.
const textMaps = new Set([
  'labels',
  'annotations',
  'matchLabels',
  'nodeSelector',
  'selector',
  'data',
  'stringData',
  'binaryData',
  'parameters',
  'options',
  'volumeAttributes',
  'attributes',
  'extra',
]);

// Fields that are JSON without a type, which is compared by its bytes, or maps of texts.
const rawFields = new Set(['data', 'parameters']);

/** Whether the values of an object with this field name are quantities: `value` beside a name or a key is text. */
function fieldOf(key: string, parent: Record<string, unknown>): string {
  return key === 'value' && ('name' in parent || 'key' in parent) ? '' : key;
}

function sameQuantity(a: string, b: string): boolean {
  try {
    return compareQuantities(a, b) === 0;
  } catch {
    return false;
  }
}

// Fields that are maps wherever they occur, so that an empty one is the same as none.
const knownMaps = new Set(['labels', 'annotations', 'matchLabels']);

/** Nothing, an empty list or an empty map; an object that is no map is something without any member. */
function isEmpty(value: unknown, field: string): boolean {
  if (value === undefined || value === null) return true;
  if (Array.isArray(value)) return value.length === 0;
  return typeof value === 'object' && knownMaps.has(field) && Object.keys(value).length === 0;
}

function equal(a: unknown, b: unknown, field: string): boolean {
  if (a === b) return true;
  if (typeof a === 'string' && typeof b === 'string') return quantityFields.has(field) && sameQuantity(a, b);
  if (isEmpty(a, field) || isEmpty(b, field)) return isEmpty(a, field) && isEmpty(b, field);
  if (typeof a !== 'object' || typeof b !== 'object') return false;
  if (Array.isArray(a)) {
    if (!Array.isArray(b) || a.length !== b.length) return false;
    for (let i = 0; i < a.length; i++) if (!equal(a[i], b[i], field)) return false;
    return true;
  }
  if (Array.isArray(b)) return false;
  if (rawFields.has(field)) return writeJson(a as Json) === writeJson(b as Json);
  const left = a as Record<string, unknown>;
  const right = b as Record<string, unknown>;
  // A map of quantities keeps its field's name for its values.
  const inherit = quantityFields.has(field);
  const areTexts = textMaps.has(field);
  for (const key in left) {
    const child = inherit ? field : areTexts ? '' : fieldOf(key, left);
    if (!equal(left[key], right[key], child)) return false;
  }
  for (const key in right) if (!(key in left) && !isEmpty(right[key], areTexts ? '' : key)) return false;
  return true;
}

/** Deep equality of two decoded values. `field` is the name of the field that holds them, where it matters. */
export function semanticEqual(a: unknown, b: unknown, field = ''): boolean {
  return equal(a, b, field);
}
