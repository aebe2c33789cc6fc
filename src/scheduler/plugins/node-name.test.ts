import { expect, test } from 'vitest';
import { filterAll, infoOf, nodeOf, nodeWith } from '../test-objects.ts';
import { createNodeName } from './node-name.ts';

const nodes = [nodeWith(nodeOf('a')), nodeWith(nodeOf('b'))];
const no = "node(s) didn't match the requested node name";

test.each([
  ['no name', undefined, { a: 'fits', b: 'fits' }],
  ['a name', 'b', { a: no, b: 'fits' }],
])('%s', (_name, nodeName, expected) => {
  expect(filterAll(createNodeName(), infoOf({ nodeName }), nodes)).toEqual(expected);
});
