import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { onAbort } from './on-abort.ts';

describe('onAbort', () => {
  it('tells all that wait, in their order, once', () => {
    const controller = new AbortController();
    const told: string[] = [];
    onAbort(controller.signal, () => told.push('a'));
    onAbort(controller.signal, () => told.push('b'));
    controller.abort();
    controller.abort();
    expect(told).toEqual(['a', 'b']);
  });

  it('does not tell who took it back, not even one that is next', () => {
    const controller = new AbortController();
    const told: string[] = [];
    const never = onAbort(controller.signal, () => told.push('never'));
    onAbort(controller.signal, () => {
      told.push('first');
      second();
    });
    const second = onAbort(controller.signal, () => told.push('second'));
    never();
    controller.abort();
    expect(told).toEqual(['first']);
  });

  it('puts one listener on a signal, however many wait', () => {
    const controller = new AbortController();
    for (let i = 0; i < 20; i++) onAbort(controller.signal, () => {});
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(1);
  });
});
