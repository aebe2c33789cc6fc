import { expect, test } from 'vitest';
import { infoOf, nodeOf, nodeWith, scoreAll, snapshotOf } from '../test-objects.ts';
import { createImageLocality } from './image-locality.ts';

const megabyte = 1024 * 1024;

test('large images that are there already count, by how many nodes have them', () => {
  const nodes = ['with', 'without'].map((name) => nodeWith(nodeOf(name)));
  const plugin = createImageLocality({ snapshot: snapshotOf(nodes) });
  nodes[0]!.images = new Map([['nginx:latest', { sizeBytes: 1023 * megabyte, nodes: 1 }]]);
  expect(scoreAll(plugin, infoOf(), nodes)).toEqual({ with: 50, without: 0 });
  nodes[0]!.images = new Map([['nginx:latest', { sizeBytes: 20 * megabyte, nodes: 2 }]]);
  expect(scoreAll(plugin, infoOf(), nodes)).toEqual({ with: 0, without: 0 });
});
