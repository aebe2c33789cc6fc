import { expect, test } from 'vitest';
import type { PodInfo } from './pod-info.ts';
import { infoOf, nodeOf, nodeWith } from './test-objects.ts';

const counts = ({ pod }: PodInfo): boolean => pod.metadata.labels?.['app'] === 'web';

function podWith(name: string, app: string): PodInfo {
  const info = infoOf();
  info.pod = { ...info.pod, metadata: { ...info.pod.metadata, name, uid: name, labels: { app } } };
  return Object.assign(info, { uid: name });
}

test('a copy takes over what an earlier copy counted, and counts what came since', () => {
  const node = nodeWith(nodeOf('a'));
  node.addPod(podWith('one', 'web'));
  const first = node.copy();
  let asked = 0;
  const counting = (info: PodInfo): boolean => {
    asked++;
    return counts(info);
  };
  expect(first.countPods('web', counting)).toBe(1);
  node.addPod(podWith('two', 'web'));
  node.addPod(podWith('three', 'other'));
  const second = node.copy(first);
  expect(second.countPods('web', counting)).toBe(2);
  expect(asked).toBe(3);
  expect(first.countPods('web', counting)).toBe(1);
});

test('after a pod left, or when the node is another one of that name, all is counted anew', () => {
  const node = nodeWith(nodeOf('a'));
  for (const name of ['one', 'two']) node.addPod(podWith(name, 'web'));
  const first = node.copy();
  expect(first.countPods('web', counts)).toBe(2);
  node.removePod('one');
  node.addPod(podWith('three', 'other'));
  expect(node.copy(first).countPods('web', counts)).toBe(1);
  const another = nodeWith(nodeOf('a'));
  another.addPod(podWith('four', 'web'));
  expect(another.copy(first).countPods('web', counts)).toBe(1);
});

test('a copy that is changed counts its own pods', () => {
  const node = nodeWith(nodeOf('a'));
  node.addPod(podWith('one', 'web'));
  const copy = node.copy();
  expect(copy.countPods('web', counts)).toBe(1);
  copy.addPod(podWith('two', 'web'));
  expect(copy.countPods('web', counts)).toBe(2);
  copy.removePod('one');
  expect(copy.countPods('web', counts)).toBe(1);
  expect(node.copy().countPods('web', counts)).toBe(1);
});
