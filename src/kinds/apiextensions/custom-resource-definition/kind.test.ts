import { beforeAll, describe, expect, it } from 'vitest';
import { loadDefaultChecks } from '../../custom/schema/lazy-defaults.ts';
import { created, createFaults, hookContext, objectOf, updated, updateFaults } from '../../kind-faults.ts';
import { customResourceDefinition as kind } from './kind.ts';

beforeAll(async () => {
  await loadDefaultChecks();
});

const version = (fields: object = {}) => ({
  name: 'v1',
  served: true,
  storage: true,
  schema: { openAPIV3Schema: { type: 'object' } },
  ...fields,
});
const crd = (spec: object = {}, annotations?: object) => ({
  metadata: { name: 'widgets.d.example.com', annotations },
  spec: {
    group: 'd.example.com',
    scope: 'Namespaced',
    names: { plural: 'widgets', kind: 'Widget' },
    versions: [version()],
    ...spec,
  },
});
const schema = (openAPIV3Schema: object) => crd({ versions: [version({ schema: { openAPIV3Schema } })] });
const properties = (fields: object) => schema({ type: 'object', properties: { a: fields } });
const root = 'spec.validation.openAPIV3Schema';
const a = `${root}.properties[a]`;

describe('the spec', () => {
  it.each([
    ['nothing special', crd(), []],
    [
      'another group',
      crd({ group: 'e.example.com' }),
      ['metadata.name: Invalid value: "widgets.d.example.com": must be spec.names.plural+"."+spec.group'],
    ],
    [
      'an unknown scope',
      crd({ scope: 'Foo' }),
      ['spec.scope: Unsupported value: "Foo": supported values: "Cluster", "Namespaced"'],
    ],
    [
      'no schema',
      crd({ versions: [version({ schema: undefined })] }),
      ['spec.versions[0].schema.openAPIV3Schema: Required value'],
    ],
    [
      'no stored version',
      crd({ versions: [version({ storage: false })] }),
      [
        expect.stringContaining('must have exactly one version marked as storage version'),
        'status.storedVersions: Invalid value: null: must have at least one stored version',
      ],
    ],
    [
      'a list of its own name',
      crd({ names: { plural: 'widgets', kind: 'Widget', listKind: 'Widget' } }),
      ['spec.names.listKind: Invalid value: "Widget": kind and listKind may not be the same'],
    ],
    [
      'a webhook without a client',
      crd({ conversion: { strategy: 'Webhook' } }),
      [
        'spec.conversion.webhookClientConfig: Required value: required when strategy is set to Webhook',
        'spec.conversion.conversionReviewVersions: Required value',
      ],
    ],
    [
      'a bad column',
      crd({
        versions: [version({ additionalPrinterColumns: [{ name: 'A', type: 'foo', jsonPath: 'bad' }] })],
      }),
      [
        'spec.additionalPrinterColumns[0].type: Invalid value: "foo": must be one of boolean,date,integer,number,string',
        'spec.additionalPrinterColumns[0].JSONPath: Invalid value: "bad": must be a simple json path starting with .',
      ],
    ],
    [
      'a scale elsewhere',
      crd({
        versions: [
          version({ subresources: { scale: { specReplicasPath: '.a', statusReplicasPath: '.status.b' } } }),
        ],
      }),
      ['spec.subresources.scale.specReplicasPath: Invalid value: ".a": should be a json path under .spec'],
    ],
    [
      'a field that is not there',
      crd({ versions: [version({ selectableFields: [{ jsonPath: '.spec.a' }] })] }),
      [
        'spec.selectableFields[0].jsonPath: Invalid value: ".spec.a": is an invalid path: does not refer to a valid field',
      ],
    ],
    [
      'a warning without reason',
      crd({ versions: [version({ deprecationWarning: 'old' })] }),
      ['spec.versions[0].deprecationWarning: Invalid value: "old": can only be set for deprecated versions'],
    ],
  ])('%s', (_, fields, faults) => {
    expect(createFaults(kind, fields)).toEqual(faults);
  });

  it('names the version where versions differ', () => {
    const bad = version({ name: 'v2', storage: false, schema: { openAPIV3Schema: { type: 'foo' } } });
    const [fault] = createFaults(kind, crd({ versions: [version(), bad] }));
    expect(fault).toContain('spec.versions[1].schema.openAPIV3Schema.type');
  });

  it('wants approval for groups of the community', () => {
    const group = (annotation?: string) => ({
      ...crd({ group: 'a.k8s.io' }),
      metadata: {
        name: 'widgets.a.k8s.io',
        annotations: annotation === undefined ? {} : { 'api-approved.kubernetes.io': annotation },
      },
    });
    expect(createFaults(kind, group())[0]).toContain(
      'Required value: protected groups must have approval annotation',
    );
    expect(createFaults(kind, group('hm'))[0]).toContain('Invalid value: "hm"');
    expect(createFaults(kind, group('unapproved, a test'))).toEqual([]);
    expect(createFaults(kind, group('https://example.com/pull/1'))).toEqual([]);
  });
});

describe('the schema', () => {
  it.each([
    ['a type', properties({ type: 'string' }), []],
    ['no type', properties({}), [`${a}.type: Required value: must not be empty for specified object fields`]],
    [
      'an unknown type',
      properties({ type: 'foo' }),
      [
        `${a}.type: Unsupported value: "foo": supported values: "array", "boolean", "integer", "number", "object", "string"`,
      ],
    ],
    ['no items', properties({ type: 'array' }), [`${a}.items: Required value: must be specified`]],
    [
      'items that were an empty list',
      properties({ type: 'array', items: null }),
      [`${a}.items: Required value: must be specified`],
    ],
    [
      'no dependencies',
      properties({ type: 'string', dependencies: {} }),
      [`${a}.dependencies: Forbidden: dependencies is not supported`],
    ],
    [
      'a root of another type',
      schema({ type: 'string' }),
      [`${root}.type: Invalid value: "string": must be object at the root`],
    ],
    [
      'a type in an alternative',
      properties({ type: 'string', anyOf: [{ type: 'string' }] }),
      [`${a}.anyOf[0].type: Forbidden: must be empty to be structural`],
    ],
    [
      'an integer or a string',
      properties({ 'x-kubernetes-int-or-string': true, anyOf: [{ type: 'integer' }, { type: 'string' }] }),
      [],
    ],
    [
      'an alternative for what is not there',
      schema({ type: 'object', anyOf: [{ required: ['b'], properties: { b: {} } }] }),
      [`${root}.properties[b]: Required value: because it is defined in ${root}.anyOf[0].properties[b]`],
    ],
    [
      'metadata with rules',
      schema({ type: 'object', properties: { metadata: { type: 'object', required: ['name'] } } }),
      [
        `${root}.properties[metadata]: Forbidden: must not specify anything other than name and generateName, but metadata is implicitly specified`,
      ],
    ],
    [
      'metadata with a rule for names',
      schema({
        type: 'object',
        properties: { metadata: { type: 'object', properties: { name: { type: 'string', maxLength: 5 } } } },
      }),
      [],
    ],
    [
      'a default of another type',
      properties({ type: 'integer', default: 'x' }),
      [`${a}.default: Invalid value: "string":  in body must be of type integer: "string"`],
    ],
    ['a default of a number', properties({ type: 'number', default: 1 }), []],
    [
      'unique items',
      properties({ type: 'array', items: { type: 'string' }, uniqueItems: true }),
      [
        `${a}.uniqueItems: Forbidden: uniqueItems cannot be set to true since the runtime complexity becomes quadratic`,
      ],
    ],
    [
      'a reference',
      properties({ type: 'string', $ref: '#' }),
      [`${a}.$ref: Forbidden: $ref is not supported`],
    ],
    [
      'a map without keys',
      properties({ type: 'array', 'x-kubernetes-list-type': 'map', items: { type: 'object' } }),
      [`${a}.x-kubernetes-list-map-keys: Required value: must not be empty if x-kubernetes-list-type is map`],
    ],
    [
      'a map whose key may be missing',
      properties({
        type: 'array',
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['k'],
        items: { type: 'object', properties: { k: { type: 'string' } } },
      }),
      [
        `${a}.items.properties[k].default: Required value: this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property`,
      ],
    ],
    [
      'a set of maps',
      properties({ type: 'array', 'x-kubernetes-list-type': 'set', items: { type: 'object' } }),
      [
        `${a}.items.x-kubernetes-map-type: Invalid value: null: must be atomic as item of a list with x-kubernetes-list-type=set`,
      ],
    ],
    [
      'a rule without text',
      properties({ type: 'string', 'x-kubernetes-validations': [{ rule: ' ' }] }),
      [`${a}.x-kubernetes-validations[0].rule: Required value: rule is not specified`],
    ],
    [
      'properties and more',
      properties({
        type: 'object',
        properties: { b: { type: 'string' } },
        additionalProperties: { type: 'string' },
      }),
      [`${a}.additionalProperties: Forbidden: additionalProperties and properties are mutual exclusive`],
    ],
  ])('%s', (_, fields, faults) => {
    expect(createFaults(kind, fields)).toEqual(faults);
  });

  it('leaves the root to what a status can do without', () => {
    const versions = [
      version({ subresources: { status: {} }, schema: { openAPIV3Schema: { type: 'object', not: {} } } }),
    ];
    expect(createFaults(kind, crd({ versions }))[0]).toContain(
      'fields are allowed at the root of the schema if the status subresource is enabled',
    );
  });

  it('warns of formats that nobody knows', () => {
    const object = objectOf(kind, properties({ type: 'string', format: 'foo' }));
    expect(kind.warningsOnCreate!(object, hookContext)).toEqual(['unrecognized format "foo"']);
  });
});

it('a webhook of nothing is none, and empty maps of a schema are no change', () => {
  const conversion = { strategy: 'None', webhook: { conversionReviewVersions: [] } };
  expect(created(kind, crd({ conversion }))).toHaveProperty('spec.conversion', { strategy: 'None' });
  const next = schema({ type: 'object', definitions: {} });
  expect(updated(kind, schema({ type: 'object' }), next).object.metadata.generation).toBe(1);
});

it('fills names, conversion and stored versions', () => {
  expect(created(kind, crd())).toMatchObject({
    metadata: { generation: 1 },
    spec: { names: { singular: 'widget', listKind: 'WidgetList' }, conversion: { strategy: 'None' } },
    status: { conditions: null, acceptedNames: { plural: '', kind: '' }, storedVersions: ['v1'] },
  });
});

it('remembers every version that was stored', () => {
  const versions = [version({ storage: false }), version({ name: 'v2' })];
  expect(updated(kind, crd(), crd({ versions })).object['status']).toMatchObject({
    storedVersions: ['v1', 'v2'],
  });
  expect(updateFaults(kind, crd(), crd({ versions: [version({ name: 'v2' })] }))).toEqual([
    expect.stringContaining('status.storedVersions[0]: Invalid value: "v1": missing from spec.versions;'),
  ]);
});

it('changes scope and kind until it is established', () => {
  expect(updateFaults(kind, crd(), crd({ scope: 'Cluster' }))).toEqual([]);
  const old = {
    ...created(kind, crd()),
    status: {
      conditions: [{ type: 'Established', status: 'True' }],
      acceptedNames: { plural: '', kind: '' },
      storedVersions: ['v1'],
    },
  };
  const now = { ...created(kind, crd({ scope: 'Cluster' })), status: old.status };
  expect(kind.validateUpdate!(now, old, hookContext).map(({ field }) => field)).toEqual(['spec.scope']);
});
