import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withoutManagedFields } from './managed-fields-text.ts';

type Members = Record<string, unknown>;

const entry = (manager: string, fieldsV1: Members) => ({
  manager,
  operation: 'Update',
  apiVersion: 'v1',
  time: '2026-01-01T00:00:00Z',
  fieldsType: 'FieldsV1',
  fieldsV1,
});
const plain = entry('kubelet', { 'f:status': { 'f:conditions': { 'k:{"type":"Ready"}': { '.': {} } } } });

function event(object: Members, type = 'MODIFIED'): string {
  return JSON.stringify({ type, object });
}

/** An object of a built-in kind, as it is printed. */
function builtIn(metadata: Members, rest: Members, kind = 'Pod', apiVersion = 'v1'): string {
  return event({ kind, apiVersion, metadata, ...rest });
}

function parsed(text: string): { type: string; object: { metadata: Members } & Members } {
  return JSON.parse(text) as ReturnType<typeof parsed>;
}

/** What the text says but for metadata.managedFields. */
function bare(text: string): unknown {
  const all = parsed(text);
  delete all.object.metadata['managedFields'];
  return all;
}

describe('events without managedFields', () => {
  it.each([
    ['a pod', builtIn({ name: 'a', managedFields: [plain] }, { spec: {}, status: {} })],
    ['two entries', builtIn({ name: 'a', managedFields: [plain, plain] }, { spec: {} })],
    ['a config map', builtIn({ name: 'a', managedFields: [plain] }, { data: { a: 'b' } }, 'ConfigMap')],
    [
      'a deployment',
      builtIn(
        { name: 'a', managedFields: [plain] },
        { spec: { template: { metadata: {} } } },
        'Deployment',
        'apps/v1',
      ),
    ],
    [
      'a template with its own',
      builtIn(
        { name: 'a', managedFields: [plain] },
        { template: { metadata: { name: 'b', managedFields: [plain] }, spec: {} } },
        'PodTemplate',
      ),
    ],
  ])('are read without parsing them: %s', (_name, text) => {
    const short = withoutManagedFields(text);
    expect(short.length).toBeLessThan(text.length);
    expect(parsed(short).object.metadata).not.toHaveProperty('managedFields');
    expect(parsed(short)).toEqual(bare(text));
  });

  it.each([
    ['has none', builtIn({ name: 'a' }, { spec: {} })],
    ['has an empty list', builtIn({ name: 'a', managedFields: [] }, { spec: {} })],
    [
      'has them in a template only',
      builtIn(
        { name: 'a' },
        { template: { metadata: { name: 'b', managedFields: [plain] }, spec: {} } },
        'PodTemplate',
      ),
    ],
    [
      'is custom',
      event({
        a: { x: 1, managedFields: [{ y: [{}] }] },
        apiVersion: 'x/v1',
        kind: 'X',
        metadata: { name: 'a', managedFields: [plain] },
        spec: {},
      }),
    ],
    ['has nothing but metadata', builtIn({ name: 'a', managedFields: [plain] }, {})],
    ['is no event', '{"kind":"Status"}'],
  ])('are left as they are where the object %s', (_name, text) => {
    expect(withoutManagedFields(text)).toBe(text);
  });

  it('never lose anything else, whatever names and strings say', () => {
    const pieces = [
      ...['managedFields', '"managedFields":[{', ',"managedFields":[{', ']},"', ']},', '}]},"spec":'],
      ...['"metadata":{', 'metadata', '\\', '"', '},"spec":{', ':', '[', ']', '{', '}', ',', 'spec', 'ü'],
    ];
    const word = fc
      .array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 4 })
      .map((of) => of.join(''));
    const words = fc.array(word, { maxLength: 2 });
    const strings = fc.dictionary(word, word, { maxKeys: 2, noNullPrototype: true });
    const managedFields = fc.option(
      fc.array(
        fc
          .tuple(word, word, word)
          .map(([manager, field, item]) =>
            entry(manager, { [`f:${field}`]: { [`v:${JSON.stringify(item)}`]: {} } }),
          ),
        { minLength: 1, maxLength: 2 },
      ),
      { nil: undefined },
    );
    const metadata = fc.record({ name: word, labels: strings, finalizers: words, managedFields });
    const template = fc.record({ metadata, spec: strings });
    const rest = fc.oneof(
      fc.record({ spec: fc.record({ template }), status: strings }),
      fc.record({ data: strings, template }),
      fc.record({ template, spec: strings }),
    );
    let dropped = 0;
    fc.assert(
      fc.property(metadata, rest, (metadata, rest) => {
        const text = builtIn(metadata, rest);
        const short = withoutManagedFields(text);
        if (short === text) return;
        dropped++;
        expect(parsed(short)).toEqual(bare(text));
      }),
      { numRuns: 3000, seed: 7 },
    );
    expect(dropped).toBeGreaterThan(500);
  });
});
