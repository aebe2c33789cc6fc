import { expect, it } from 'vitest';
import { cellsOf, created, createFaults } from '../kind-faults.ts';
import { flowSchema } from './flow-schema.ts';
import { mandatoryLevels, mandatorySchemas } from './mandatory.ts';
import { priorityLevelConfiguration as level } from './priority-level-configuration.ts';

const schema = (fields: object) => ({ spec: { priorityLevelConfiguration: { name: 'l' }, ...fields } });
const user = { kind: 'User', user: { name: 'jane' } };
const rule = (fields: object) =>
  schema({
    rules: [{ subjects: [user], nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['*'] }], ...fields }],
  });
const at = 'spec.rules[0]';

it.each([
  ['a level', schema({}), []],
  [
    'no level',
    schema({ priorityLevelConfiguration: { name: '' } }),
    ['spec.priorityLevelConfiguration.name: Required value: must reference a priority level'],
  ],
  [
    'a high precedence',
    schema({ matchingPrecedence: 10001 }),
    ['spec.matchingPrecedence: Invalid value: 10001: must not be greater than 10000'],
  ],
  [
    'the first precedence',
    schema({ matchingPrecedence: 1 }),
    [
      "spec.matchingPrecedence: Invalid value: 1: only the schema named 'exempt' may have matchingPrecedence 1",
    ],
  ],
  [
    'no subjects',
    rule({ subjects: [] }),
    [`${at}.subjects: Required value: subjects must contain at least one value`],
  ],
  [
    'a user that is a group',
    rule({ subjects: [{ ...user, group: { name: 'g' } }] }),
    [`${at}.subjects[0].group: Forbidden: group is forbidden when subject kind is not 'Group'`],
  ],
  [
    'an account of no namespace',
    rule({ subjects: [{ kind: 'ServiceAccount', serviceAccount: { name: '*', namespace: '' } }] }),
    [
      `${at}.subjects[0].serviceAccount.namespace: Required value: must specify namespace for service account`,
    ],
  ],
  [
    'a star in a URL',
    rule({ nonResourceRules: [{ verbs: ['get'], nonResourceURLs: ['/a*'] }] }),
    [
      `${at}.nonResourceRules[0].nonResourceURLs[0]: Invalid value: "/a*": wildcard can only do suffix matching`,
    ],
  ],
  [
    'no rules',
    rule({ nonResourceRules: [] }),
    [`${at}: Required value: at least one of resourceRules and nonResourceRules has to be non-empty`],
  ],
  [
    'an unknown verb',
    rule({ nonResourceRules: [{ verbs: ['foo'], nonResourceURLs: ['*'] }] }),
    [expect.stringContaining(`${at}.nonResourceRules[0].verbs: Unsupported value: ["foo"]`)],
  ],
  [
    'no namespaces',
    rule({ resourceRules: [{ verbs: ['get'], apiGroups: [''], resources: ['pods'], namespaces: [] }] }),
    [
      `${at}.resourceRules[0].namespaces: Required value: resource rules that are not cluster scoped must supply at least one namespace`,
    ],
  ],
])('a schema with %s', (_, fields, faults) => {
  expect(createFaults(flowSchema, fields)).toEqual(faults);
});

const limited = (fields: object) => ({
  spec: { type: 'Limited', limited: { limitResponse: { type: 'Reject' }, ...fields } },
});
const queuing = (fields: object) =>
  limited({
    limitResponse: { type: 'Queue', queuing: { queues: 64, handSize: 8, queueLengthLimit: 50, ...fields } },
  });
const queue = 'spec.limited.limitResponse.queuing';

it.each([
  ['a limit', limited({}), []],
  [
    'no limit',
    { spec: { type: 'Limited' } },
    ['spec.limited: Required value: must not be empty when type is Limited'],
  ],
  [
    'an exemption',
    { spec: { type: 'Exempt' } },
    ["spec.type: Invalid value: \"Exempt\": must be 'Exempt' if and only if `name` is 'exempt'"],
  ],
  [
    'an unknown type',
    { spec: { type: 'Foo' } },
    ['spec.type: Unsupported value: "Foo": supported values: "Exempt", "Limited"'],
  ],
  [
    'more to lend than it has',
    limited({ lendablePercent: 101 }),
    ['spec.limited.lendablePercent: Invalid value: 101: must be between 0 and 100, inclusive'],
  ],
  [
    'a large hand',
    queuing({ handSize: 65 }),
    [`${queue}.handSize: Invalid value: 65: should not be greater than queues (64)`],
  ],
  [
    'a hand of too many bits',
    queuing({ queues: 1024, handSize: 7 }),
    [
      `${queue}.handSize: Invalid value: 7: required entropy bits of deckSize 1024 and handSize 7 should not be greater than 60`,
    ],
  ],
])('a level with %s', (_, fields, faults) => {
  expect(createFaults(level, fields)).toEqual(faults);
});

it('fills shares and queues', () => {
  const filled = created(level, limited({ limitResponse: { type: 'Queue', queuing: {} } }));
  expect(filled['spec']).toMatchObject({
    limited: {
      nominalConcurrencyShares: 30,
      lendablePercent: 0,
      limitResponse: { queuing: { handSize: 8, queues: 64, queueLengthLimit: 50 } },
    },
  });
  expect(created(flowSchema, schema({}))['spec']).toMatchObject({ matchingPrecedence: 1000 });
});

it('keeps what every cluster has', () => {
  for (const [kind, fixed] of [
    [flowSchema, mandatorySchemas],
    [level, mandatoryLevels],
  ] as const)
    for (const [name, spec] of Object.entries(fixed))
      expect(createFaults(kind, { metadata: { name }, spec })).toEqual([]);
  const [fault] = createFaults(flowSchema, { metadata: { name: 'catch-all' }, ...schema({}) });
  expect(fault).toContain("spec of 'catch-all' must equal the fixed value");
});

it('prints queues', () => {
  expect(cellsOf(level, queuing({}))).toEqual(['x', 'Limited', 0, 64, 8, 50, '<unknown>']);
  expect(cellsOf(flowSchema, schema({ matchingPrecedence: 7 }))).toEqual([
    'x',
    'l',
    7,
    '<none>',
    '<unknown>',
    '?',
  ]);
});
