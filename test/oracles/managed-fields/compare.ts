// Runs random writes through upstream's managedfields package and through ours and reports every difference.
// Started by test/oracles/managed-fields.mjs; arguments: the oracle's binary, the number of writes, a seed.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { createFieldManager, type FieldManager } from '../../../src/api/managed-fields/field-manager.ts';
import { excludeFields } from '../../../src/api/managed-fields/managers/field-filter.ts';
import { builtInType } from '../../../src/api/managed-fields/schema/built-in-schema.ts';
import { customResourceType } from '../../../src/api/managed-fields/schema/open-api-schema.ts';
import { type SchemaType, untypedDeduced } from '../../../src/api/managed-fields/schema/schema.ts';
import type { Json, JsonObject, KubeObject } from '../../../src/api/object.ts';
import { decodeTyped, zeroValue } from '../../../src/api/schema/decode.ts';
import { printed } from '../../../src/api/schema/printed.ts';
import { ApiError } from '../../../src/api/status.ts';
import { Dice, mix, randomForSchema, randomObject, randomSchema, thin } from './random-objects.ts';
import { ourValues } from './values.ts';

/** A kind that is written at random. */
interface Subject {
  readonly apiVersion: string;
  readonly kind: string;
  /** The reference in the fact tables; undefined for custom resources. */
  readonly ref?: string;
  /** What the oracle needs for a custom resource. */
  readonly schema?: Json;
  readonly type: SchemaType;
  readonly random: (dice: Dice) => JsonObject;
}

/** One operation, its answer by our code, and what to say when upstream differs. */
interface Case {
  readonly request: JsonObject;
  readonly ours: JsonObject;
  readonly ref: string | undefined;
}

const builtIns: readonly (readonly [string, string, string])[] = [
  ['v1', 'Pod', 'core/v1.Pod'],
  ['v1', 'Pod', 'core/v1.Pod'],
  ['apps/v1', 'Deployment', 'apps/v1.Deployment'],
  ['apps/v1', 'Deployment', 'apps/v1.Deployment'],
  ['v1', 'Service', 'core/v1.Service'],
  ['v1', 'Service', 'core/v1.Service'],
  ['v1', 'ConfigMap', 'core/v1.ConfigMap'],
  ['v1', 'ConfigMap', 'core/v1.ConfigMap'],
  ['v1', 'Node', 'core/v1.Node'],
  ['v1', 'Secret', 'core/v1.Secret'],
  ['networking.k8s.io/v1', 'Ingress', 'networking.k8s.io/v1.Ingress'],
  ['autoscaling/v2', 'HorizontalPodAutoscaler', 'autoscaling/v2.HorizontalPodAutoscaler'],
  ['batch/v1', 'Job', 'batch/v1.Job'],
  ['v1', 'PersistentVolume', 'core/v1.PersistentVolume'],
  ['rbac.authorization.k8s.io/v1', 'ClusterRole', 'rbac.authorization.k8s.io/v1.ClusterRole'],
  ['discovery.k8s.io/v1', 'EndpointSlice', 'discovery.k8s.io/v1.EndpointSlice'],
];

const clock = {
  now: () => Date.UTC(2030, 0, 1),
  after: () => ({ cancel() {} }),
  every: () => ({ cancel() {} }),
};

function builtIn(dice: Dice): Subject {
  const [apiVersion, kind, ref] = dice.pick(builtIns);
  return {
    apiVersion,
    kind,
    ref,
    type: builtInType(ref),
    random: (d) => randomObject(d, ref, apiVersion, kind),
  };
}

/** ObjectMeta as the oracle's OpenAPI needs it spelled out. */
const objectMeta: JsonObject = {
  type: 'object',
  properties: {
    name: { type: 'string' },
    namespace: { type: 'string' },
    uid: { type: 'string' },
    resourceVersion: { type: 'string' },
    managedFields: { type: 'array', items: { type: 'object' }, 'x-kubernetes-list-type': 'atomic' },
    labels: { type: 'object', additionalProperties: { type: 'string', default: '' } },
    annotations: { type: 'object', additionalProperties: { type: 'string', default: '' } },
  },
};

function custom(dice: Dice): Subject {
  const apiVersion = 'example.com/v1';
  const kind = 'Thing';
  if (dice.chance(0.2)) {
    const shape = randomSchema(dice, 4);
    return {
      apiVersion,
      kind,
      schema: 'deduced',
      type: untypedDeduced,
      random: (d) => ({ ...customHead(d), spec: randomForSchema(d, shape, true) }),
    };
  }
  const spec = { ...randomSchema(dice, 5) };
  const status = { ...randomSchema(dice, 3) };
  const schema: JsonObject = { type: 'object', properties: { spec, status } };
  const properties = {
    apiVersion: { type: 'string' },
    kind: { type: 'string' },
    metadata: objectMeta,
    spec,
    status,
  };
  const wild = dice.chance(0.3);
  return {
    apiVersion,
    kind,
    schema: { type: 'object', properties },
    type: customResourceType(schema),
    random: (d) => ({
      ...customHead(d),
      spec: randomForSchema(d, spec, wild),
      status: randomForSchema(d, status, wild),
    }),
  };
}

function customHead(dice: Dice): JsonObject {
  const metadata: JsonObject = { name: 'n', namespace: 'ns' };
  if (dice.chance(0.5)) metadata['labels'] = { [dice.pick(['a', 'b'])]: '1' };
  return { apiVersion: 'example.com/v1', kind: 'Thing', metadata };
}

function canonical(subject: Subject, object: Json): KubeObject {
  const copy = structuredClone(object) as unknown as KubeObject;
  if (subject.ref === undefined) return copy;
  return printed(subject.ref, decodeTyped(subject.ref, copy as unknown as Json));
}

function emptyOf(subject: Subject): KubeObject {
  const head = { apiVersion: subject.apiVersion, kind: subject.kind };
  if (subject.ref === undefined) return { ...head, metadata: {} };
  return { ...(zeroValue(subject.ref) as KubeObject), ...head };
}

function groupVersionKind({ apiVersion, kind }: Subject): { group: string; version: string; kind: string } {
  const [first, second] = apiVersion.split('/') as [string, string | undefined];
  return second === undefined ? { group: '', version: first, kind } : { group: first, version: second, kind };
}

function managerFor(subject: Subject, reset: string[][]): FieldManager {
  return createFieldManager({
    kind: groupVersionKind(subject),
    schemaOf: (apiVersion) => (apiVersion === subject.apiVersion ? subject.type : undefined),
    empty: emptyOf(subject),
    clock,
    custom: subject.ref === undefined,
    resetFields: () => (reset.length === 0 ? undefined : excludeFields(...reset)),
  });
}

function failure(error: unknown): JsonObject {
  if (!(error instanceof ApiError)) throw error;
  const { status } = error;
  const answer: JsonObject = { error: status.message ?? '' };
  if (status.reason) answer['code'] = error.code;
  const causes = status.details?.causes?.map((c) => `${c.reason} ${c.message} ${c.field}`);
  if (causes) answer['causes'] = causes;
  return answer;
}

/** One object's life: creates, updates, applies by several managers. */
function story(dice: Dice, subject: Subject, steps: number, cases: Case[]): void {
  let live: KubeObject | undefined;
  const names = Array.from({ length: dice.chance(0.15) ? 16 : 4 }, (_, i) => `m${i}`);
  const pool = Array.from({ length: 3 }, () => subject.random(dice));
  for (let step = 0; step < steps; step++) {
    const base = live === undefined ? undefined : (structuredClone(live) as unknown as JsonObject);
    const fresh = dice.chance(0.3) ? subject.random(dice) : dice.pick(pool);
    const op = dice.chance(0.5) ? 'apply' : 'update';
    const manager = dice.chance(0.2) ? 'kubectl' : dice.pick(names);
    const subresource = dice.pick(['', '', '', 'status']);
    const reset = dice.pick<string[][]>([[], [], [['status']], [['spec'], ['metadata', 'labels']]]);
    const force = dice.chance(0.4);
    let next: JsonObject;
    if (op === 'apply') {
      next = thin(dice, mix(dice, base ?? fresh, fresh, 0.6)!, dice.pick([0.4, 0.7, 1])) as JsonObject;
      next['apiVersion'] = subject.apiVersion;
      next['kind'] = subject.kind;
      const { name = 'n', labels, annotations } = (next['metadata'] ?? {}) as JsonObject;
      next['metadata'] = {
        name,
        ...(labels === undefined ? {} : { labels }),
        ...(annotations === undefined ? {} : { annotations }),
      };
      if (subject.ref !== undefined && dice.chance(0.8))
        next = structuredClone(decodeTyped(subject.ref, next)) as unknown as JsonObject;
      if (dice.chance(0.02)) next['surprise'] = 1;
      if (dice.chance(0.01)) next['kind'] = 'Other';
      if (dice.chance(0.01)) (next['metadata'] as JsonObject)['managedFields'] = [];
    } else {
      next = canonical(
        subject,
        mix(dice, base ?? fresh, fresh, dice.pick([0.2, 0.5, 1]))!,
      ) as unknown as JsonObject;
      const metadata = (next['metadata'] ?? {}) as JsonObject;
      next['metadata'] = metadata;
      const lastApplied = { ...(thin(dice, fresh, 0.5) as JsonObject), apiVersion: subject.apiVersion };
      if (dice.chance(0.2))
        metadata['annotations'] = {
          'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify(lastApplied),
        };
      if (live !== undefined) {
        metadata['uid'] = 'uid';
        metadata['resourceVersion'] = '1';
        if (dice.chance(0.7)) metadata['managedFields'] = live.metadata.managedFields as Json;
        else delete metadata['managedFields'];
        if (dice.chance(0.02)) metadata['managedFields'] = [{}];
      } else {
        delete metadata['uid'];
        delete metadata['managedFields'];
      }
      next = canonical(subject, next) as unknown as JsonObject;
    }
    const request: JsonObject = {
      op,
      apiVersion: subject.apiVersion,
      kind: subject.kind,
      manager,
      subresource,
      force,
      reset,
      next: structuredClone(next),
    };
    if (live !== undefined) request['live'] = structuredClone(live) as unknown as Json;
    if (subject.schema !== undefined) request['schema'] = subject.schema;
    const fields = managerFor(subject, reset);
    const config = next as unknown as KubeObject;
    let result: KubeObject | undefined;
    let ours: JsonObject;
    try {
      result =
        op === 'apply'
          ? fields.apply(live, config, { manager, subresource, force })
          : fields.update(live, config, { manager, subresource });
      result = canonical(subject, result as unknown as Json);
      ours = { object: result as unknown as Json };
    } catch (error) {
      ours = failure(error);
    }
    cases.push({ request, ours, ref: subject.ref });
    if (result === undefined) continue;
    live = structuredClone(result);
    live.metadata.uid = 'uid';
    live.metadata.resourceVersion = '1';
    for (const entry of live.metadata.managedFields ?? [])
      if (entry['time'] === '2030-01-01T00:00:00Z')
        entry['time'] = `2020-01-01T00:00:${String(step % 60).padStart(2, '0')}Z`;
  }
}

function valuesCase(dice: Dice, subject: Subject, cases: Case[]): void {
  const first = subject.random(dice);
  const second = mix(dice, first, subject.random(dice), 0.4) as JsonObject;
  const live = canonical(subject, first) as unknown as JsonObject;
  const next = canonical(
    subject,
    dice.chance(0.5) ? thin(dice, second, 0.7) : second,
  ) as unknown as JsonObject;
  const request: JsonObject = {
    op: 'values',
    apiVersion: subject.apiVersion,
    kind: subject.kind,
    live,
    next,
  };
  if (subject.schema !== undefined) request['schema'] = subject.schema;
  cases.push({ request, ours: ourValues(subject.type, live, next), ref: undefined });
}

function sortedJson(value: unknown): string {
  return JSON.stringify(value, (_, member) => {
    if (typeof member !== 'object' || member === null || Array.isArray(member)) return member;
    // FieldsV1 must be in order as it is.
    const keys = Object.keys(member);
    if (keys.some((key) => /^[fkvi]:/.test(key))) return member;
    return Object.fromEntries(keys.sort().map((key) => [key, member[key]]));
  });
}

/** Upstream's order of causes and of faults of types is random. */
function comparable(answer: JsonObject): string {
  const copy = structuredClone(answer);
  // To a patch that does not fit its schema upstream answers 500; here it is 400 with the same text.
  if (copy['code'] === 400 && String(copy['error']).startsWith('failed to create typed patch'))
    delete copy['code'];
  if (Array.isArray(copy['causes'])) copy['causes'].sort();
  if (typeof copy['error'] === 'string' && copy['error'].includes('errors:\n'))
    copy['error'] = copy['error'].split('\n').sort().join('\n');
  // At a field that is not declared upstream stops, wherever its walk through the map has got to.
  if (typeof copy['error'] === 'string' && copy['error'].includes('field not declared in schema'))
    copy['error'] = 'field not declared in schema';
  return sortedJson(copy);
}

async function run(): Promise<void> {
  const [, , binary, count = '10000', seed = '1'] = process.argv;
  const dice = new Dice(Number(seed));
  const cases: Case[] = [];
  while (cases.length < Number(count)) {
    const subject = dice.chance(0.65) ? builtIn(dice) : custom(dice);
    if (dice.chance(0.5)) story(dice, subject, 3 + dice.below(18), cases);
    else for (let i = 0; i < 5; i++) valuesCase(dice, subject, cases);
  }
  const oracle = spawn(binary!, { stdio: ['pipe', 'pipe', 'inherit'] });
  let faults = 0;
  let errors = 0;
  let at = 0;
  const answers = createInterface({ input: oracle.stdout });
  const done = new Promise<void>((resolve) => answers.on('close', resolve));
  answers.on('line', (line) => {
    const { request, ours } = cases[at++]!;
    const theirs = JSON.parse(line) as JsonObject;
    if (theirs['error'] !== undefined) errors++;
    if (comparable(theirs) === comparable(ours)) return;
    faults++;
    if (faults > 5) return;
    console.log(`--- difference in write ${at}: ${JSON.stringify(request)}`);
    console.log(`upstream: ${comparable(theirs)}`);
    console.log(`ours:     ${comparable(ours)}`);
  });
  for (const { request } of cases)
    if (!oracle.stdin.write(`${JSON.stringify(request)}\n`))
      await new Promise((resolve) => oracle.stdin.once('drain', resolve));
  oracle.stdin.end();
  await done;
  console.log(`${at} writes compared (${errors} refused by both or either), ${faults} differences`);
  process.exitCode = faults > 0 || at !== cases.length ? 1 : 0;
}

await run();
