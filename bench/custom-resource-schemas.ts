// Schemas of custom resources beside ajv: how long compiling takes, and one validation, with the same schema and object.
// To run it: npx esbuild bench/custom-resource-schemas.ts --bundle --platform=node --format=esm --packages=external
// --outfile=.cache/bench-schemas.mjs && node .cache/bench-schemas.mjs
import { Ajv } from 'ajv';
import type { JSONSchemaProps } from '#types/apiextensions.k8s.io_v1';
import { buildOpenApiV3 } from '../src/api/openapi/open-api-v3.ts';
import { compileSchema } from '../src/kinds/custom/schema/compile-schema.ts';

type Schema = Record<string, unknown>;

const prefix = '#/components/schemas/';
const withPods = buildOpenApiV3('v1', [], { references: ['core/v1.PodTemplateSpec'] }) as {
  components: { schemas: Record<string, Schema> };
};

/** The schema of a built-in type spelled out, as operators put pod templates into their definitions. */
function inline(schema: Schema, depth: number): Schema {
  const all = schema['allOf'] as Schema[] | undefined;
  const ref = (schema['$ref'] ?? all?.[0]?.['$ref']) as string | undefined;
  if (ref !== undefined) {
    if (ref.endsWith('Quantity') || ref.endsWith('IntOrString'))
      return { 'x-kubernetes-int-or-string': true };
    if (depth > 14) return { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
    return inline(withPods.components.schemas[ref.slice(prefix.length)]!, depth + 1);
  }
  const found: Schema = {};
  for (const [name, value] of Object.entries(schema)) {
    if (name === 'description' || name === 'default' || name === 'x-kubernetes-patch-strategy') continue;
    if (name === 'properties')
      found[name] = Object.fromEntries(
        Object.entries(value as Record<string, Schema>).map(([key, part]) => [key, inline(part, depth + 1)]),
      );
    else if (name === 'items' || name === 'additionalProperties')
      found[name] = inline(value as Schema, depth + 1);
    else found[name] = value;
  }
  return found;
}

/** What ajv takes of it. */
function forAjv(schema: Schema): Schema {
  const found: Schema = {};
  for (const [name, value] of Object.entries(schema)) {
    if (name === 'format' || name.startsWith('x-')) continue;
    if (name === 'properties')
      found[name] = Object.fromEntries(
        Object.entries(value as Record<string, Schema>).map(([key, part]) => [key, forAjv(part)]),
      );
    else if (name === 'items' || name === 'additionalProperties') found[name] = forAjv(value as Schema);
    else found[name] = value;
  }
  if (schema['x-kubernetes-int-or-string']) found['type'] = ['integer', 'string'];
  return found;
}

function countNodes(schema: Schema): number {
  const parts = [
    ...Object.values((schema['properties'] ?? {}) as Record<string, Schema>),
    ...['items', 'additionalProperties'].flatMap((name) => (schema[name] ? [schema[name] as Schema] : [])),
  ];
  return 1 + parts.reduce((sum, part) => sum + countNodes(part), 0);
}

const container = (i: number): Schema => ({
  name: `c${i}`,
  image: 'registry.example.com/app:1.2.3',
  args: ['--a', '--b=c'],
  env: Array.from({ length: 8 }, (_, n) => ({ name: `VAR_${n}`, value: `value ${n}` })),
  ports: [{ containerPort: 8080, protocol: 'TCP' }],
  resources: { limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '100m', memory: '100Mi' } },
  readinessProbe: { httpGet: { path: '/', port: 8080 }, periodSeconds: 5 },
  volumeMounts: [{ name: 'v', mountPath: '/v' }],
});
const object = {
  apiVersion: 'example.com/v1',
  kind: 'App',
  metadata: { name: 'app' },
  spec: {
    replicas: 3,
    template: {
      metadata: { labels: { app: 'a' } },
      spec: { containers: [0, 1, 2, 3].map(container), volumes: [{ name: 'v', emptyDir: {} }] },
    },
  },
};

/** Microseconds that one call takes. */
function time(rounds: number, call: () => unknown): string {
  for (let i = 0; i < rounds / 10; i++) call();
  const start = performance.now();
  for (let i = 0; i < rounds; i++) call();
  return (((performance.now() - start) * 1000) / rounds).toFixed(1);
}

const template = inline({ $ref: `${prefix}io.k8s.api.core.v1.PodTemplateSpec` }, 0);
const schema: Schema = {
  type: 'object',
  properties: {
    spec: {
      type: 'object',
      required: ['template'],
      properties: { replicas: { type: 'integer', minimum: 0, default: 1 }, template },
    },
  },
};
const start = performance.now();
const ours = compileSchema(schema as JSONSchemaProps);
const made = performance.now();
if (!ours.isValid(object)) throw new Error(JSON.stringify(ours.validate(object)));
const checked = performance.now();
const ajv = new Ajv({ strict: false, allErrors: false, validateFormats: false });
const before = performance.now();
const validate = ajv.compile(forAjv(schema));
const after = performance.now();
if (!validate(object)) throw new Error(JSON.stringify(validate.errors));
console.log(`schema: ${countNodes(schema)} nodes; object: ${JSON.stringify(object).length} bytes`);
console.log(`compile: ours ${(made - start).toFixed(1)} ms, first check ${(checked - made).toFixed(1)} ms`);
console.log(`compile: ajv ${(after - before).toFixed(1)} ms`);
console.log(`validate: ours ${time(20_000, () => ours.isValid(object))} us`);
console.log(`validate: ajv ${time(20_000, () => validate(object))} us`);
console.log(`prune: ours ${time(20_000, () => ours.prune(object))} us`);
console.log(`defaults: ours ${time(20_000, () => ours.applyDefaults(object))} us`);
console.log(`list types: ours ${time(20_000, () => ours.validateListTypes(object))} us`);
const bad = structuredClone(object);
(bad.spec as Schema)['replicas'] = 'x';
console.log(`explain a fault: ours ${time(5_000, () => ours.validate(bad))} us`);
