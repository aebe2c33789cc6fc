import { describe, expect, it } from 'vitest';
import { KeyQueue } from './key-queue.ts';

describe('KeyQueue', () => {
  it('runs work on one key in order, and keys apart from each other', async () => {
    const queue = new KeyQueue();
    const log: string[] = [];
    let release: () => void = () => {};
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const first = queue.run('a', async () => {
      await gate;
      log.push('a1');
    });
    const second = queue.run('a', async () => {
      log.push('a2');
    });
    await queue.run('b', async () => {
      log.push('b1');
    });
    release();
    await Promise.all([first, second]);
    expect(log).toEqual(['b1', 'a1', 'a2']);
  });

  it('passes results and errors on, and goes on after an error', async () => {
    const queue = new KeyQueue();
    const failed = queue.run('a', async () => {
      throw new Error('no');
    });
    const next = queue.run('a', async () => 7);
    await expect(failed).rejects.toThrow('no');
    expect(await next).toBe(7);
  });
});
