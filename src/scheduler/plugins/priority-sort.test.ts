import { expect, test } from 'vitest';
import { queuedPodOf } from '../queue/queued-pod.ts';
import { podOf } from '../test-objects.ts';
import { createPrioritySort } from './priority-sort.ts';

test('priority, then time, then order of arrival', () => {
  const { isBefore } = createPrioritySort();
  const first = queuedPodOf(podOf(), 5);
  const second = queuedPodOf(podOf(), 5);
  const later = queuedPodOf(podOf(), 6);
  const important = queuedPodOf(podOf({ priority: 1 }), 7);
  const order = [later, second, first, important].sort((a, b) => (isBefore!(a, b) ? -1 : 1));
  expect(order).toEqual([important, first, second, later]);
});
