import { expect, it } from 'vitest';
import type { KubeObject } from '../../api/object.ts';
import { PolicyReinvocation } from './policy-reinvocation.ts';

const object = (name: string): KubeObject => ({ metadata: { name } });

function firstRound(): PolicyReinvocation {
  const rounds = new PolicyReinvocation();
  rounds.begin(object('a'));
  rounds.called('before');
  rounds.changed();
  rounds.called('after');
  rounds.end(object('b'));
  return rounds;
}

it('calls everybody in the first round', () => {
  const rounds = new PolicyReinvocation();
  rounds.begin(object('a'));
  expect(rounds.isDue('x')).toBe(true);
});

it('calls those again after whom something changed', () => {
  const rounds = firstRound();
  rounds.begin(object('b'));
  expect(['before', 'after', 'never'].map((key) => rounds.isDue(key))).toEqual([true, false, false]);
});

it('calls all again that want it when others changed the object meanwhile', () => {
  const rounds = firstRound();
  rounds.begin(object('c'));
  expect(['before', 'after', 'never'].map((key) => rounds.isDue(key))).toEqual([true, true, false]);
});
