import { expect, test } from 'vitest';
import { fitMessage, newDiagnosis } from './fit-error.ts';
import { unresolvable, unschedulable } from './status.ts';

test('reasons are counted and sorted as texts', () => {
  const diagnosis = newDiagnosis();
  for (const name of ['a', 'b'])
    diagnosis.byNode.set(name, unschedulable('p', 'Insufficient cpu', 'Too many pods'));
  diagnosis.byNode.set('c', unresolvable('q', 'node(s) had untolerated taint(s)'));
  expect(fitMessage(diagnosis, 3)).toBe(
    '0/3 nodes are available: 1 node(s) had untolerated taint(s), 2 Insufficient cpu, 2 Too many pods.',
  );
});

test('nodes that were not looked at have a reason of their own', () => {
  const diagnosis = newDiagnosis();
  diagnosis.byNode.set('a', unschedulable('p', 'Insufficient cpu'));
  diagnosis.absent = unresolvable('', "node(s) didn't satisfy plugin(s) [NodeAffinity]");
  diagnosis.postFilterMessage = 'preemption: no.';
  expect(fitMessage(diagnosis, 4)).toBe(
    "0/4 nodes are available: 1 Insufficient cpu, 3 node(s) didn't satisfy plugin(s) [NodeAffinity]. preemption: no.",
  );
});

test('what PreFilter says stands for all nodes', () => {
  const diagnosis = newDiagnosis();
  diagnosis.absent = unresolvable('v', 'no claim');
  diagnosis.preFilterMessage = 'no claim';
  expect(fitMessage(diagnosis, 2)).toBe('0/2 nodes are available: no claim.');
});

test('without reasons only the count is left', () => {
  expect(fitMessage(newDiagnosis(), 2)).toBe('0/2 nodes are available:');
});
