// Cases of printer columns: JSONPaths of many forms over random objects.
import type { CustomResourceColumnDefinition } from '#types/apiextensions.k8s.io_v1';
import { isJsonObject } from '../../../src/api/json-object.ts';
import type { Json, JsonObject, KubeObject } from '../../../src/api/object.ts';
import { customPrinter } from '../../../src/kinds/custom/printer.ts';
import type { Case } from '../compare-cases.ts';
import type { Dice } from '../managed-fields/random-objects.ts';
import { anyValue } from './random-schemas.ts';

const now = performance.timeOrigin;
const conditions: Json[] = [
  { type: 'Ready', status: 'True', reason: 'ok', n: 1 },
  { type: 'Old', status: 'False', n: 2.5 },
  { type: 'Null', status: null },
];
const paths = [
  '.spec.a',
  '.spec.b.c',
  '.spec',
  ".spec['a']",
  ".metadata.labels['x.y/z']",
  '.metadata.labels.x\\.y/z',
  '.status.conditions[?(@.type=="Ready")].status',
  ".status.conditions[?(@.type=='Ready')].status",
  '.status.conditions[?(@.n>1)].type',
  '.status.conditions[?(@.n==2.5)].type',
  '.status.conditions[?(@.n<=1)].type',
  '.status.conditions[?(@.reason)].type',
  '.status.conditions[?(@.status!="True")].type',
  '.status.conditions[0].type',
  '.status.conditions[-1].type',
  '.status.conditions[-1:].type',
  '.status.conditions[5].type',
  '.status.conditions[*].type',
  '.status.conditions[0:2].type',
  '.status.conditions[0,2].type',
  '.status.conditions[::2].type',
  '.status.conditions[-2:-1].type',
  '.status..reason',
  '.status.conditions',
  '.status.text',
  '.status.text[0]',
  '$.spec.a',
  '@.spec.a',
  'spec.a',
  // Of several members Go finds any one first.
  '.spec.b.*',
  '.metadata.creationTimestamp',
  '.spec.a}-{.spec.b',
  '"x"',
  '5.5',
  'true',
  'range .status.conditions[*]}{.type}{end',
  '.spec[',
  '.spec.a.',
  '',
  '.',
  '.status.conditions[?(@.type=="Ready"].x',
  '.status.conditions[x]',
  '..',
  '.spec.a b',
];
const types = ['string', 'integer', 'number', 'boolean', 'date'];
const times: Json[] = ['1990-01-02T03:04:05Z', 'x', '', null, 5];

/** `spec.b.*` takes the members of a map in Go's order, which is random: `b` has one at most. */
function withOneMember(spec: Json): Json {
  if (!isJsonObject(spec) || !isJsonObject(spec['b'])) return spec;
  return { ...spec, b: Object.fromEntries(Object.entries(spec['b']).slice(0, 1)) };
}

/** One object and a few columns. */
export function tableCase(dice: Dice): Case {
  const columns: CustomResourceColumnDefinition[] = Array.from({ length: 1 + dice.below(3) }, (_, i) => ({
    name: `C${i}`,
    type: dice.pick(types),
    jsonPath: dice.pick(paths),
  }));
  const object: JsonObject = {
    apiVersion: 'example.com/v1',
    kind: 'Thing',
    metadata: {
      name: 'n',
      ...(dice.chance(0.5) ? { labels: { 'x.y/z': 'label' } } : {}),
    },
    spec: dice.chance(0.9)
      ? { a: dice.chance(0.3) ? dice.pick(times) : anyValue(dice, 2), b: { c: anyValue(dice, 1) } }
      : withOneMember(anyValue(dice, 2)),
    status: {
      conditions: dice.chance(0.9) ? conditions.slice(dice.below(3)) : anyValue(dice, 2),
      text: 'abc',
    },
  };
  const definition = { spec: { versions: [{ name: 'v1', additionalPrinterColumns: columns }] } };
  const { cells } = customPrinter(columns).row(object as unknown as KubeObject, { now });
  return {
    question: { op: 'table', definition: definition as unknown as Json, object },
    ours: { cells: cells as Json },
  };
}
