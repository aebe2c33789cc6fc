import { expect, it } from 'vitest';
import { type OptionValues, optionValues } from './option-values.ts';
import { type OptionGroup, parseOptions } from './options.ts';

const names = ['v', 'port', 'ip', 'cidr', 'ports', 'file', 'plugins'];
const groups: OptionGroup[] = [
  { title: 'All', options: names.map((name) => ({ name, value: 'X', help: '' })) },
];

const values = (...args: string[]): OptionValues => optionValues('x', parseOptions('x', args, groups));

it('gives good values as they are', () => {
  const good = values(
    ...['--v=4', '--port=0', '--ip=::1', '--cidr=10.0.0.0/8,fd00::/108', '--ports=1-65535'],
    ...['--file', import.meta.filename, '--plugins=PodSecurity,ServiceAccount'],
  );
  expect([good.verbosity(), good.wholeNumber('port', 0, 9), good.address('ip')]).toEqual([4, 0, '::1']);
  expect(good.serviceRange('cidr')).toBe('10.0.0.0/8,fd00::/108');
  expect(good.portRange('ports')).toBe('1-65535');
  expect(good.file('file')).toBe(import.meta.filename);
  expect(good.admissionPlugins('plugins')).toEqual(['PodSecurity', 'ServiceAccount']);
  expect([values().file('file'), values().admissionPlugins('plugins')]).toEqual(['', []]);
});

it.each<[string, (values: OptionValues) => unknown, string]>([
  ['--v=x', (v) => v.verbosity(), 'x: --v x: choose a whole number from 0 to 10'],
  ['--port=10', (v) => v.wholeNumber('port', 0, 9), 'x: --port 10: choose a whole number from 0 to 9'],
  ['--ip=here', (v) => v.address('ip'), 'x: --ip here: not an IP address'],
  [
    '--cidr=10.0.0.0/33',
    (v) => v.serviceRange('cidr'),
    'x: --cidr 10.0.0.0/33: "10.0.0.0/33" is no CIDR, for example 10.96.0.0/16',
  ],
  ['--cidr=1.0.0.0/8,2.0.0.0/8', (v) => v.serviceRange('cidr'), 'must be of different IP families'],
  ['--cidr=1.0.0.0/8,::/96,2.0.0.0/8', (v) => v.serviceRange('cidr'), 'more than two entries'],
  ['--ports=5', (v) => v.portRange('ports'), 'x: --ports 5: not a range of ports, for example 30000-32767'],
  ['--ports=9-5', (v) => v.portRange('ports'), 'not a range of ports'],
  ['--file=/none/there', (v) => v.file('file'), 'x: --file /none/there: no such file'],
  ['--file=/', (v) => v.file('file'), 'x: --file /: is a directory'],
  [`--file=${import.meta.filename}`, (v) => v.certificates('file'), 'holds no certificate (PEM)'],
  ['--plugins=Foo', (v) => v.admissionPlugins('plugins'), 'x: --plugins: plugin "Foo" is unknown'],
])('refuses %s by name', (arg, read, message) => {
  expect(() => read(values(arg))).toThrow(message);
});
