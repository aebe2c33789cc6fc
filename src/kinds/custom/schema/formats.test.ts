import { expect, it } from 'vitest';
import { formatCheck, isSupportedFormat } from './formats.ts';

// What Go's checks answered; found and compared by test/oracles/custom-resources.mjs.
const good: Readonly<Record<string, readonly string[]>> = {
  bsonobjectid: ['507f1f77bcf86cd799439011'],
  uri: [
    'http://a.b/c?d#e',
    '/abs',
    'mailto:x',
    'http://[fe80::1%25en0]/',
    '//x',
    'x:///y',
    '*',
    'tcp://a,b:1',
    'http://ä/',
  ],
  email: ['a@b', 'A <a@b.c>', '"x y"@z', 'a.b@[127.0.0.1]', 'g: a@b;', 'a@b (c)'],
  hostname: ['a.bc', '1a', 'ä.de', '☃.net', 'x'.repeat(63)],
  ipv4: ['1.2.3.4', '01.2.3.4', '::ffff:1.2.3.4'],
  ipv6: ['::1', '2001:db8::ff', '::ffff:1.2.3.4'],
  cidr: ['10.0.0.0/8', '::/0', '010.0.0.1/8', '1.2.3.4/08'],
  mac: ['00:11:22:aa:BB:cc', '0011.2233.4455', '001122334455'],
  uuid: ['123e4567-e89b-12d3-a456-426614174000', '123E4567e89b12d3a456426614174000'],
  uuid4: ['123e4567-e89b-42d3-a456-426614174000'],
  isbn: ['0321751043', '978-0321751041', '3 401 01319 X'],
  creditcard: ['4220 8554 2622 2389'],
  ssn: ['123-45-6789'],
  hexcolor: ['#FFFFFF', 'fff'],
  rgbcolor: ['rgb(0, 12,  7)'],
  byte: ['YQ==', 'YWJj'],
  password: [''],
  date: ['2020-02-29'],
  'date-time': ['2014-12-15t19:30:20z', '2014-12-15T19:30:20x1Z'],
  duration: ['1h30m', '2 days', '5 hours ago', '1 µs'],
  'k8s-short-name': ['a-b'],
  'k8s-long-name': ['a-1.b-2'],
};
const bad: Readonly<Record<string, readonly string[]>> = {
  bsonobjectid: ['507F1f77bcf86cd79943901'],
  uri: ['', 'a b', 'x', 'http://a b/', 'http://a:b:1/', 'http://a%41b/', 'http://u%zz@h/', ':x'],
  email: ['a', 'a..b@c', 'g:;', '<a@b', 'x@[::1', ''],
  hostname: ['a_b', 'a..b', `${'y'.repeat(64)}.com`],
  ipv4: ['1.2.3', '256.1.1.1'],
  ipv6: ['fe80::1%eth0', '1::2::3'],
  cidr: ['10.0.0.1/33', '1.2.3.4'],
  mac: ['00:11:22-33:44:55', '0011'],
  uuid: ['123e4567'],
  uuid4: ['123e4567-e89b-12d3-a456-426614174000'],
  isbn: ['3423214121'],
  creditcard: ['4220855426213389'],
  ssn: ['123456789'],
  hexcolor: ['#ffff'],
  rgbcolor: ['rgb(256,1,1)'],
  byte: ['', 'YQ'],
  date: ['2021-02-29', '20-01-01'],
  'date-time': ['2014-12-15T24:30:20Z', '2014-12-15'],
  duration: ['x', '99999999999999999999 s'],
  'k8s-short-name': ['A', '-a', 'x'.repeat(64)],
  'k8s-long-name': ['a..b', 'x'.repeat(254)],
};

const cases = (table: Readonly<Record<string, readonly string[]>>): [string, string][] =>
  Object.entries(table).flatMap(([format, texts]) => texts.map((text): [string, string] => [format, text]));

it.each(cases(good))('%s takes %j', (format, text) => {
  expect(formatCheck(format)!(text)).toBe(true);
});

it.each(cases(bad))('%s refuses %j', (format, text) => {
  expect(formatCheck(format)!(text)).toBe(false);
});

it('formats mean something for their own type alone', () => {
  expect(isSupportedFormat('string', 'date-time')).toBe(true);
  expect(isSupportedFormat('', 'date')).toBe(true);
  expect(isSupportedFormat('integer', 'int32')).toBe(true);
  expect(isSupportedFormat('string', 'int32')).toBe(false);
  expect(isSupportedFormat('integer', 'date')).toBe(false);
  expect(isSupportedFormat('object', 'date')).toBe(false);
  expect(isSupportedFormat('string', 'constructor')).toBe(false);
});
