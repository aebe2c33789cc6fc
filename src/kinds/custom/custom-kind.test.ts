import { describe, expect, it } from 'vitest';
import type {
  CustomResourceDefinition,
  CustomResourceDefinitionVersion,
} from '#types/apiextensions.k8s.io_v1';
import { fieldErrorText, invalid } from '../../api/field-error.ts';
import { path } from '../../api/field-path.ts';
import type { KubeObject } from '../../api/object.ts';
import { customKind } from './custom-kind.ts';

const context = { now: Date.UTC(2030, 0, 1), namespace: 'ns' };

function definition(extra: Partial<CustomResourceDefinitionVersion> = {}): CustomResourceDefinition {
  const version: CustomResourceDefinitionVersion = {
    name: 'v1',
    served: true,
    storage: true,
    schema: {
      openAPIV3Schema: {
        type: 'object',
        properties: {
          spec: {
            type: 'object',
            properties: {
              size: { type: 'integer', maximum: 9, default: 1 },
              color: { type: 'string', enum: ['red'] },
              set: { type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'set' },
              replicas: { type: 'integer' },
            },
          },
          status: { type: 'object', properties: { n: { type: 'integer' }, selector: { type: 'string' } } },
        },
      },
    },
    subresources: {
      status: {},
      scale: {
        specReplicasPath: '.spec.replicas',
        statusReplicasPath: '.status.n',
        labelSelectorPath: '.status.selector',
      },
    },
    ...extra,
  };
  const spec = {
    group: 'example.com',
    scope: 'Namespaced',
    names: { plural: 'things', singular: 'thing', kind: 'Thing', listKind: 'ThingList' },
    versions: [version],
  };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: {},
    spec,
  } as unknown as CustomResourceDefinition;
}

function thing(fields: Record<string, unknown> = {}): KubeObject {
  return { apiVersion: 'example.com/v1', kind: 'Thing', metadata: { name: 'n', generation: 3 }, ...fields };
}

const { kind } = customKind(definition(), 'v1');
const withoutStatus = customKind(definition({ subresources: undefined }), 'v1').kind;

describe('a write of the object', () => {
  it('starts at generation 1 without a status', () => {
    const object = thing({ spec: {}, status: { n: 1 } });
    kind.prepareForCreate!(object, context);
    expect(object).toEqual(thing({ spec: {}, metadata: { name: 'n', generation: 1 } }));
  });

  it.each<[string, Record<string, unknown>, Record<string, unknown>, number]>([
    ['the same', { spec: { a: 1, b: 2 } }, { spec: { b: 2, a: 1 } }, 3],
    ['another spec', { spec: { a: 1 } }, { spec: { a: 2 } }, 4],
    ['another field beside the spec', { data: 1 }, { data: 2 }, 4],
    ['another status alone', { status: { n: 1 } }, { status: { n: 2 } }, 3],
    ['other labels alone', {}, { metadata: { name: 'n', generation: 3, labels: { a: 'b' } } }, 3],
  ])('%s: the generation', (_, old, next, generation) => {
    const object = thing(next);
    kind.prepareForUpdate!(object, thing(old), context);
    expect(object.metadata.generation).toBe(generation);
    expect(object['status']).toEqual(old['status']);
  });

  it('writes the status too where it is no subresource', () => {
    const object = thing({ status: { n: 2 } });
    withoutStatus.prepareForUpdate!(object, thing({ status: { n: 1 } }), context);
    expect(object).toMatchObject({ status: { n: 2 }, metadata: { generation: 4 } });
  });

  it('is checked: schema, scale, duplicates; and what it is', () => {
    const object = thing({ spec: { size: 10, set: ['a', 'a'], replicas: -1 }, status: { n: 'x' } });
    expect(kind.validateCreate!(object, context).map(fieldErrorText)).toEqual([
      'spec.size: Invalid value: 10: spec.size in body should be less than or equal to 9',
      'status.n: Invalid value: "string": status.n in body must be of type integer: "string"',
      '.spec.replicas: Invalid value: -1: should be a non-negative integer',
      '.status.n: Invalid value: 0: .status.n accessor error: x is of the type string, expected int64',
      'spec.set[1]: Duplicate value: "a"',
    ]);
    expect(kind.validateCreate!({ ...thing(), kind: 'Other' }, context).map(fieldErrorText)).toEqual([
      'kind: Invalid value: "Other": must be Thing',
    ]);
  });

  it('keeps duplicates that were there', () => {
    const old = thing({ spec: { set: ['a', 'a'] } });
    expect(kind.validateUpdate!(thing({ spec: { set: ['a', 'a', 'a'] } }), old, context)).toEqual([]);
  });

  it('warns of finalizers without a domain, new ones only', () => {
    const object = thing();
    object.metadata.finalizers = ['mine', 'example.com/good', 'foregroundDeletion'];
    expect(kind.warningsOnCreate!(object, context)).toEqual([
      'metadata.finalizers: "mine": prefer a domain-qualified finalizer name to avoid accidental conflicts with other finalizer writers',
    ]);
    expect(kind.warningsOnUpdate!(object, object, context)).toEqual([]);
  });
});

describe('a write of the status', () => {
  const strategy = kind.subresources!['status']!;

  it('changes the status and managedFields alone', () => {
    const old = thing({ spec: { size: 1 }, status: { n: 1 } });
    const next = thing({ spec: { size: 2 }, status: { n: 2 }, more: 1 });
    next.metadata = {
      name: 'n',
      labels: { a: 'b' },
      resourceVersion: '7',
      managedFields: [{ manager: 'm' }],
    };
    strategy.prepareForUpdate!(next, old, context);
    const metadata = { name: 'n', generation: 3, resourceVersion: '7', managedFields: [{ manager: 'm' }] };
    expect(next).toEqual(thing({ metadata, spec: { size: 1 }, status: { n: 2 } }));
    expect(old).toEqual(thing({ spec: { size: 1 }, status: { n: 1 } }));
  });

  it('is checked against the schema of the status', () => {
    const errors = strategy.validateUpdate!(
      thing({ spec: { size: 99 }, status: { n: 'x' } }),
      thing(),
      context,
    );
    expect(errors.map(fieldErrorText)).toEqual([
      'status.n: Invalid value: "string": n in body must be of type integer: "string"',
      '.status.n: Invalid value: 0: .status.n accessor error: x is of the type string, expected int64',
    ]);
  });

  it('says what it takes back', () => {
    expect(strategy.resetFields).toEqual([['metadata'], ['spec']]);
    expect(kind.resetFields).toEqual([['status']]);
    expect(withoutStatus.resetFields).toEqual([]);
    expect(withoutStatus.subresources).toBeUndefined();
  });
});

describe('rules', () => {
  const rule = customKind(definition(), 'v1', {
    rules: () => [invalid(path('spec'), 'x', 'by a rule')],
  }).kind;

  it('are asked when the object is sound enough', () => {
    const errors = rule.validateCreate!(thing({ spec: { size: 10 } }), context).map(fieldErrorText);
    expect(errors.at(-1)).toBe('spec: Invalid value: "x": by a rule');
  });

  it('are left out, and that is told, when it is not', () => {
    const errors = rule.validateCreate!(thing({ spec: { color: 'blue' } }), context).map(fieldErrorText);
    expect(errors).toEqual([
      'spec.color: Unsupported value: "blue": supported values: "red"',
      '<nil>: Invalid value: null: some validation rules were not checked because the object was invalid; correct the existing errors to complete validation',
    ]);
  });
});

describe('the scale', () => {
  it('is read and written by its paths', () => {
    const object = thing({ spec: { replicas: 2 }, status: { n: 1, selector: 'a=b' } });
    const scale = kind.scale!;
    expect([scale.replicas(object), scale.statusReplicas(object), scale.selector(object)]).toEqual([
      2,
      1,
      'a=b',
    ]);
    scale.setReplicas(object, 5);
    expect(object['spec']).toEqual({ replicas: 5 });
    const empty = thing();
    scale.setReplicas(empty, 1);
    expect(empty['spec']).toEqual({ replicas: 1 });
    expect(scale.replicasPath).toEqual(['spec', 'replicas']);
  });
});

it('fields can be selected by their text', () => {
  const selectable = customKind(
    definition({ selectableFields: [{ jsonPath: '.spec.size' }, { jsonPath: '.spec.color' }] }),
    'v1',
  );
  const fields = selectable.kind.selectableFields!;
  expect(Object.keys(fields)).toEqual(['spec.size', 'spec.color']);
  const object = thing({ spec: { size: 5 } });
  expect(Object.values(fields).map((field) => field(object))).toEqual(['5', '']);
});

describe('tables', () => {
  it('show the age by default', () => {
    const object = thing();
    object.metadata.creationTimestamp = '2029-12-31T00:00:00Z';
    expect(kind.table!.columns.map(({ name }) => name)).toEqual(['Name', 'Age']);
    expect(kind.table!.row(object, context).cells).toEqual(['n', '24h']);
  });

  it('have cells by the type of their columns', () => {
    const types = ['string', 'integer', 'number', 'boolean', 'date'];
    const additionalPrinterColumns = types.map((type) => ({ name: type, type, jsonPath: '.v' }));
    const { table } = customKind(definition({ additionalPrinterColumns }), 'v1').kind;
    const cells = (v: unknown): unknown[] => table!.row(thing({ v }), context).cells.slice(1);
    expect(cells(1.5)).toEqual(['1.5', 1, 1.5, null, null]);
    expect(cells(true)).toEqual(['true', null, null, true, null]);
    expect(cells('2029-12-31T23:59:00Z')).toEqual(['2029-12-31T23:59:00Z', null, null, null, '60s']);
    expect(cells('x')).toEqual(['x', null, null, null, '<invalid>']);
    expect(cells({ a: 1 })).toEqual(['{"a":1}', null, null, null, null]);
    expect(cells(null)).toEqual(['<no value>', null, null, null, null]);
    expect(cells(undefined)).toHaveLength(5);
    expect(table!.columns[1]!.description).toBe('Custom resource definition column (in JSONPath format): .v');
  });
});

it('versions that are going away warn', () => {
  const crd = definition({ name: 'v1beta1', deprecated: true });
  const [old] = crd.spec.versions!;
  const later = ['v1', 'v2alpha1', 'v1beta2', 'odd'].map((name) => ({ ...old!, name, deprecated: false }));
  expect(customKind(crd, 'v1beta1').deprecation).toBe('example.com/v1beta1 Thing is deprecated');
  crd.spec.versions!.push(...later);
  expect(customKind(crd, 'v1beta1').deprecation).toBe(
    'example.com/v1beta1 Thing is deprecated; use example.com/v1 Thing',
  );
  expect(customKind(crd, 'v1').deprecation).toBeUndefined();
  old!.deprecationWarning = 'gone soon';
  expect(customKind(crd, 'v1beta1').deprecation).toBe('gone soon');
  expect(() => customKind(crd, 'v7')).toThrow('things.example.com has no version v7');
});
