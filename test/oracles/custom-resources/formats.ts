// Cases of strings and their formats: good examples, and what becomes of them when characters change.
import { formatCheck } from '../../../src/kinds/custom/schema/formats.ts';
import type { Case } from '../compare-cases.ts';
import type { Dice } from '../managed-fields/random-objects.ts';

const examples: Readonly<Record<string, readonly string[]>> = {
  bsonobjectid: ['507f1f77bcf86cd799439011', '507F1f77bcf86cd79943901'],
  uri: [
    'http://a.b/c?d#e',
    'https://u:p@h:80/x%20y',
    '/abs',
    'mailto:x',
    'http://[::1]:8',
    'http://[fe80::1%25en0]/',
    'http://a:b:1/',
    '//x',
    '///x',
    'x:///y',
    '*',
    'http://a%41b/',
    'http://ä/',
    'tcp://a,b:1',
    'http://u%zz@h/',
    'a b',
    'http://a b/',
  ],
  email: [
    'a@b',
    'A <a@b.c>',
    '"x y"@z',
    'a.b@[127.0.0.1]',
    'g: a@b;',
    'a@b (c)',
    'a..b@c',
    '"x" y <a@b>',
    'x@[::1]',
    'g:;',
    '<a@b',
  ],
  hostname: [
    'a.b',
    'a-b.example.com',
    '1a',
    'ä.de',
    'a_b',
    'x'.repeat(63),
    `${'y'.repeat(64)}.com`,
    '☃.net',
    'a.b.c1',
    'a..b',
  ],
  ipv4: ['1.2.3.4', '01.2.3.4', '::ffff:1.2.3.4', '1.2.3', '256.1.1.1', '1.2.3.4.5'],
  ipv6: ['::1', 'fe80::1%eth0', '2001:db8::ff', '::ffff:1.2.3.4', '1::2::3', '12345::'],
  cidr: ['10.0.0.0/8', '::/0', '10.0.0.1/33', '010.0.0.1/8', '1.2.3.4', '::1/129', '1.2.3.4/08'],
  mac: [
    '00:11:22:aa:BB:cc',
    '0011.2233.4455',
    '00-11-22-33-44-55-66-77',
    '00:11:22-33:44:55',
    '001122334455',
  ],
  uuid: ['123e4567-e89b-12d3-a456-426614174000', '123E4567e89b12d3a456426614174000'],
  uuid3: ['123e4567-e89b-32d3-a456-426614174000'],
  uuid4: ['123e4567-e89b-42d3-a456-426614174000'],
  uuid5: ['123e4567-e89b-52d3-a456-426614174000'],
  isbn: ['0321751043', '978-0321751041', '3 401 01319 X'],
  isbn10: ['0321751043', '3-423-21412-0'],
  isbn13: ['978-0321751041', '9784873113685'],
  creditcard: ['4220 8554 2622 2389', '5139288802098206', '374953669708156', '30190239451016'],
  ssn: ['123-45-6789', '123456789', '123 45 6789'],
  hexcolor: ['#FFFFFF', 'fff', '#ffff'],
  rgbcolor: ['rgb(255,255,255)', 'rgb(0, 12,  7)', 'rgb( 1,2,3 )', 'rgb(256,1,1)'],
  byte: ['YQ==', 'YWI=', 'YWJj', 'YWJjZA==', ''],
  password: ['x', ''],
  date: ['2020-02-29', '2021-02-29', '0000-01-01', '2020-12-31', '1900-02-29', '2000-02-29'],
  datetime: [
    '2014-12-15T19:30:20.000Z',
    '2014-12-15t19:30:20z',
    '2014-12-15T19:30:20+01:00',
    '2014-12-15T24:30:20Z',
    '2014-12-15T19:30:20x1Z',
    '2014-12-15T19:30:20',
  ],
  duration: [
    '1h30m',
    '2 days',
    '3w',
    '1.5h',
    '-1s',
    '5 hours ago',
    '1 µs',
    '99999999999999999999 s',
    '1h x',
    '0',
    '3 mins',
    '1us',
    '7 WK',
  ],
  'k8s-short-name': ['abc', 'a-b', '-a', 'A', 'x'.repeat(63), 'x'.repeat(64), '1'],
  'k8s-long-name': ['a.b', 'a..b', 'a-1.b-2', 'x'.repeat(253), 'x'.repeat(254), '-.a'],
};

const spare = [
  '',
  ' ',
  '0',
  '9',
  'a',
  'Z',
  '.',
  ':',
  '-',
  '/',
  '@',
  '%',
  '[',
  ']',
  '"',
  '\\',
  'ä',
  '(',
  ')',
  '\n',
  '+',
  '?',
  '<',
  '>',
  ',',
  ';',
];

function mangle(dice: Dice, text: string): string {
  const characters = [...text];
  for (let i = dice.below(3); i > 0; i--) {
    const at = dice.below(characters.length + 1);
    characters.splice(at, dice.below(2), dice.pick(spare));
  }
  return characters.join('');
}

/** A string and one format. */
export function formatCase(dice: Dice): Case {
  const format = dice.pick(Object.keys(examples));
  const pool = dice.chance(0.95) ? examples[format]! : examples[dice.pick(Object.keys(examples))]!;
  const text = mangle(dice, dice.pick(pool));
  return { question: { op: 'format', format, text }, ours: { good: formatCheck(format)!(text) } };
}
