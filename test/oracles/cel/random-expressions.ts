// Random expressions over one schema: mostly of the right types, some not, some cut short.
import type { Dice } from '../managed-fields/random-objects.ts';

/** The schema that the expressions are about. */
export const schema = {
  type: 'object',
  properties: {
    s: { type: 'string' },
    t: { type: 'string', maxLength: 10 },
    n: { type: 'integer' },
    d: { type: 'number' },
    b: { type: 'boolean' },
    ios: { 'x-kubernetes-int-or-string': true },
    l: { type: 'array', items: { type: 'string' } },
    is: { type: 'array', maxItems: 8, items: { type: 'integer' } },
    m: { type: 'object', additionalProperties: { type: 'string' } },
    o: {
      type: 'object',
      properties: { x: { type: 'integer' }, y: { type: 'array', items: { type: 'string' } } },
    },
  },
};

/** The object that they are evaluated with. */
export const object = {
  s: 'hello',
  t: 'abc',
  n: 7,
  d: 2.5,
  b: true,
  ios: '50%',
  l: ['a', 'bb', 'ccc'],
  is: [3, 1, 2],
  m: { a: '1', b: '2' },
  o: { x: 1, y: ['q'] },
};

type Sort = 'string' | 'int' | 'bool' | 'list' | 'ints' | 'map' | 'double';

const leaves: Readonly<Record<Sort, readonly string[]>> = {
  string: [
    'self.s',
    'self.t',
    "'a'",
    "''",
    "'hello world'",
    "self.m['a']",
    'self.l[0]',
    'self.m.zz',
    'self.ios',
  ],
  int: ['self.n', '1', '0', '-3', 'self.is[1]', 'self.is[9]', 'self.o.x', '9223372036854775807', 'self.nope'],
  double: ['self.d', '1.5', '0.0', '-2.25'],
  bool: ['self.b', 'true', 'false', 'has(self.s)', 'has(self.o.x)', 'has(self.m.zz)', "'a' in self.m"],
  list: ['self.l', "['x', 'y']", '[]', 'self.o.y'],
  ints: ['self.is', '[1, 2, 3]', '[5]'],
  map: ['self.m', "{'k': 'v'}"],
};

// %x stands for an expression of a sort: S string, I int, D double, B bool, L list, N ints, M map.
const shapes: Readonly<Record<Sort, readonly string[]>> = {
  string: [
    ...['%S + %S', '%S.lowerAscii()', '%S.replace(%S, %S)', '%S.substring(%I)', '%S.trim()', '%L.join(%S)'],
    ...['string(%I)', '%B ? %S : %S', "'%s-%s'.format([%S, %S])", '%S.find(%S)', '%L.max()', '%S.charAt(%I)'],
    ...['%L.first().orValue(%S)', 'string(%D)', 'self.?s.orValue(%S)', 'self.m[?%S].orValue(%S)', 'dyn(%S)'],
  ],
  int: [
    ...[
      '%I + %I',
      '%I - %I',
      '%I * %I',
      '%I / %I',
      '%I % %I',
      'size(%S)',
      '%L.size()',
      '%N.sum()',
      '%N.max()',
    ],
    ...[
      '%S.indexOf(%S)',
      '%B ? %I : %I',
      'int(%S)',
      '-%I',
      'int(%D)',
      '%L.indexOf(%S)',
      'dyn(%I)',
      '%M.size()',
    ],
  ],
  double: ['%D + %D', '%D / %D', 'double(%I)', 'double(%S)', '%B ? %D : %D'],
  bool: [
    ...[
      '%I == %I',
      '%S == %S',
      '%I < %I',
      '%S <= %S',
      '%B && %B',
      '%B || %B',
      '!%B',
      '%S.contains(%S)',
      '%D > %I',
    ],
    ...['%S.startsWith(%S)', '%S in %L', '%I in %N', '%L.all(x, x == %S)', '%L.exists(x, x.contains(%S))'],
    ...['%N.exists_one(x, x > %I)', '%M.all(k, k != %S)', '%M.exists(k, v, v == %S)', '%L == %L', '%S != %S'],
    ...['%L.isSorted()', 'sets.contains(%L, %L)', '%B ? %B : %B', '%S.matches(%S)', '%D == %D', '%M == %M'],
    ...[
      "%S.matches('^[a-z]+$')",
      '%S in %M',
      'isQuantity(%S)',
      '%L.all(i, v, i < %I)',
      'sets.equivalent(%N, %N)',
    ],
  ],
  list: [
    ...[
      '%L + %L',
      '%L.map(x, x + %S)',
      '%L.filter(x, x > %S)',
      '%S.split(%S)',
      '[%S, %S]',
      '%L.slice(0, %I)',
    ],
    ...[
      '%L.sort()',
      '%L.reverse()',
      '%L.distinct()',
      '%S.findAll(%S)',
      '%M.map(k, k)',
      '%L.sortBy(x, x.size())',
    ],
    ...['%M.transformList(k, v, k + v)', '%B ? %L : %L', '%N.map(x, string(x))', '[[%S], %L].flatten()'],
  ],
  ints: [
    '%N + %N',
    '%N.map(x, x * %I)',
    '[%I, %I]',
    '%L.map(x, x.size())',
    '%N.filter(x, x % 2 == 0)',
    '%N.sort()',
  ],
  map: ["{%S: %S, 'z': %S}", '%M.transformMap(k, v, v + %S)', '%B ? %M : %M'],
};

const sorts: Readonly<Record<string, Sort>> = {
  S: 'string',
  I: 'int',
  D: 'double',
  B: 'bool',
  L: 'list',
  N: 'ints',
  M: 'map',
};
const allSorts = Object.values(sorts);

function pick<Item>(random: Dice, items: readonly Item[]): Item {
  return random.pick(items);
}

function make(random: Dice, wanted: Sort, depth: number): string {
  // One in forty is of another sort than its place wants.
  const sort = random.float() < 0.025 ? pick(random, allSorts) : wanted;
  if (depth === 0 || random.float() < 0.2) return pick(random, leaves[sort]);
  const shape = pick(random, shapes[sort]);
  const filled = shape.replace(/%([SIDBLNM])(?![a-z])/g, (_, letter: string) =>
    make(random, sorts[letter]!, depth - 1),
  );
  return random.float() < 0.5 ? `(${filled})` : filled;
}

/** A random expression. */
export function randomExpression(random: Dice): string {
  const text = make(random, pick(random, allSorts), 1 + Math.floor(random.float() * 3));
  if (random.float() > 0.05) return text;
  const at = Math.floor(random.float() * text.length);
  return random.float() < 0.5 ? text.slice(0, at) : text.slice(0, at) + text.slice(at + 1);
}
