import { expect, it } from 'vitest';
import { parseYaml, YamlSyntaxError, yamlWarningTexts } from './parse-yaml.ts';
import { decodeTyped } from './schema/decode.ts';

// As sigs.k8s.io/yaml 1.6 reads them.
it.each([
  ['a: yes\nb: on\nn: NO\no: off', { a: true, b: true, false: false, o: false }],
  [
    'a: 0777\nb: 0o14\nc: 0x1F\nd: 1_000\ne: 08\nf: +5\ng: .5',
    { a: 511, b: 12, c: 31, d: 1000, e: 8, f: 5, g: 0.5 },
  ],
  [
    'a: 2020-01-01\nb: 12:30:45\nc: 0xZZ\nd: "yes"\ne: =',
    { a: '2020-01-01', b: '12:30:45', c: '0xZZ', d: 'yes', e: '=' },
  ],
  ['a: ~\nb:\nc: null', { a: null, b: null, c: null }],
  ['a: &x [1]\nb: *x', { a: [1], b: [1] }],
  ['<<: {a: 1, b: 1}\nb: 2', { a: 1, b: 2 }],
  ['1: a\ntrue: b', { 1: 'a', true: 'b' }],
  ['a: |\n  x\n  y\n', { a: 'x\ny\n' }],
  ['---\na: 1\n---\nb: 2', { a: 1 }],
  ['', null],
])('%j', (text, want) => {
  expect(parseYaml(text).value).toEqual(want);
});

it.each([
  ['a: [', 'yaml: line 1: did not find expected node content'],
  ['{a: 1', "yaml: line 1: did not find expected ',' or '}'"],
  ['a: b: c', 'yaml: mapping values are not allowed in this context'],
  ['a: "x', 'yaml: found unexpected end of stream'],
  ['key: @x', 'yaml: found character that cannot start any token'],
  ['a: *nope', "yaml: unknown anchor 'nope' referenced"],
  ['a: .inf', 'json: unsupported value: +Inf'],
])('%j is refused', (text, message) => {
  expect(() => parseYaml(text)).toThrow(new YamlSyntaxError(message));
});

it('reports duplicate keys before unknown fields', () => {
  const body = parseYaml(
    'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: fvy-warn, foo: 1}\ndata: {a: "1", a: "2"}\nbar: 1\n',
  );
  const strict: string[] = [];
  const object = decodeTyped(
    'core/v1.ConfigMap',
    body.value,
    { add: (message) => strict.push(message) },
    body,
  );
  expect(object['data']).toEqual({ a: '2' });
  expect(strict).toEqual([
    'yaml: unmarshal errors:\n  line 4: key "a" already set in map',
    'unknown field "bar"',
    'unknown field "metadata.foo"',
  ]);
  expect(strict.flatMap(yamlWarningTexts)).toEqual([
    'line 4: key "a" already set in map',
    'unknown field "bar"',
    'unknown field "metadata.foo"',
  ]);
});

it.each([
  ['brackets', `a: 1\nb: ${'['.repeat(1_000_000)}`, 'yaml: line 2: exceeded max depth of 10000'],
  ['braces', '{a: '.repeat(500_000), 'yaml: exceeded max depth of 10000'],
  ['dashes', '- '.repeat(1_000_000), 'yaml: exceeded max depth of 10000'],
])('stops early at too many %s', (_what, text, message) => {
  expect(() => parseYaml(text)).toThrow(message);
});

it('does not take texts for nesting', () => {
  const text = '['.repeat(5000);
  expect(parseYaml(`a: "${text}"\nb: |\n  ${text}\n`).value).toEqual({ a: text, b: `${text}\n` });
});

it('reads the first document alone', () => {
  expect(parseYaml(`a: 1\n${'---\n'.repeat(100_000)}`).value).toEqual({ a: 1 });
});
