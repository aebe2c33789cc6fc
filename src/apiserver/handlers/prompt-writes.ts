// Frames of watches that reach the wire before the answer to the write that they tell of, so that who writes and then asks his
// own cache mostly finds what he wrote. Node would send them at the end of the turn, when the answer is already out.
import type { EventSink } from '../exchange.ts';

// Each is a system call, and the writer waits for them all: what goes to more watches than these can wait.
const promptWritesPerTurn = 32;

let left = promptWritesPerTurn;

function takeTurn(): boolean {
  if (left === promptWritesPerTurn)
    setImmediate(() => {
      left = promptWritesPerTurn;
    });
  if (left === 0) return false;
  left--;
  return true;
}

/** Writes frames to a sink, at once where not too many have been in this turn of the event loop. */
export function writePromptly(sink: EventSink, frames: Buffer): void {
  const { socket } = sink;
  if (!socket || !takeTurn()) {
    sink.write(frames);
    return;
  }
  socket.cork();
  sink.write(frames);
  socket.uncork();
}
