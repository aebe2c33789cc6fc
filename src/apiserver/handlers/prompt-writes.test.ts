import { expect, it } from 'vitest';
import type { EventSink } from '../exchange.ts';
import { writePromptly } from './prompt-writes.ts';

it('sends so many frames at once in a turn, and leaves the others to its end', async () => {
  const calls = { cork: 0, write: 0, uncork: 0 };
  const sink: EventSink = {
    writableLength: 0,
    socket: {
      cork: () => calls.cork++,
      uncork: () => calls.uncork++,
    },
    write: () => calls.write++,
    end: () => {},
    destroy: () => {},
    once: () => {},
  };
  const writes = 40;
  for (let i = 0; i < writes; i++) writePromptly(sink, Buffer.from('x'));
  expect(calls).toEqual({ cork: 32, write: writes, uncork: 32 });
  await new Promise(setImmediate);
  writePromptly(sink, Buffer.from('x'));
  expect(calls).toEqual({ cork: 33, write: writes + 1, uncork: 33 });
});
