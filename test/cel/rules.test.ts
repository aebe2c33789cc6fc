// Replays what k8s.io/apiextensions-apiserver 0.36 makes of rules in schemas, and of objects that have to keep them.
// test/oracles/cel.mjs --record writes the answers.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { CustomResourceDefinition, JSONSchemaProps } from '#types/apiextensions.k8s.io_v1';
import { customResourceDefinition } from '../../src/kinds/apiextensions/custom-resource-definition/kind.ts';
import { compileRules } from '../../src/kinds/custom/rules/compile-rules.ts';
import { loadRules, mentionsRules } from '../../src/kinds/custom/rules/lazy-rules.ts';
import { validateRules } from '../../src/kinds/custom/rules/validate-rules.ts';
import { errorTexts } from './run-case.ts';
import { schemaErrors } from './run-rules.ts';

function read<Content>(name: string): Content {
  return JSON.parse(
    readFileSync(new URL(`../fixtures/cel/${name}.json`, import.meta.url), 'utf8'),
  ) as Content;
}

interface SchemaCase {
  readonly schema: JSONSchemaProps;
  readonly errors: readonly string[];
}

interface ObjectGroup {
  readonly schema: JSONSchemaProps;
  readonly root: boolean;
  readonly cases: readonly {
    readonly self: unknown;
    readonly old?: unknown;
    readonly errors: readonly string[];
  }[];
}

describe('rules of a definition', () => {
  const cases = read<readonly SchemaCase[]>('schemas').map((one, i) => [i, one] as const);
  it.each(cases)('schema %i', (_i, { schema, errors }) => {
    expect(errorTexts(schemaErrors(schema))).toEqual(errors);
  });
});

describe('objects and the rules of their schema', () => {
  for (const { schema, root, cases } of read<readonly ObjectGroup[]>('objects')) {
    const rules = compileRules(schema, root);
    it.each(cases.map((one) => [JSON.stringify(one.self).slice(0, 80), one] as const))('%s', (_self, one) => {
      expect(errorTexts(validateRules(rules, one.self, one.old))).toEqual(one.errors);
    });
  }
});

describe('a definition whose rules are wrong', () => {
  const definition = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'foos.example.com' },
    status: { conditions: null, acceptedNames: { plural: '', kind: '' }, storedVersions: ['v1'] },
    spec: {
      group: 'example.com',
      scope: 'Namespaced',
      names: { plural: 'foos', singular: 'foo', kind: 'Foo', listKind: 'FooList' },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: {
            openAPIV3Schema: { type: 'object', 'x-kubernetes-validations': [{ rule: 'self.nope' }] },
          },
        },
      ],
    },
  } as unknown as CustomResourceDefinition;

  it('is refused once the rules are loaded', async () => {
    const schema = definition.spec.versions![0]!.schema?.openAPIV3Schema;
    expect(mentionsRules(schema)).toBe(true);
    await loadRules();
    const errors = customResourceDefinition.validateCreate!(definition, { now: 0, namespace: '' });
    expect(errorTexts(errors)).toEqual([
      expect.stringContaining("compilation failed: ERROR: <input>:1:5: undefined field 'nope'"),
    ]);
  });
});
