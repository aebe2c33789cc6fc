// The frames of a watch: JSON objects, one a line.
// Upstream: k8s.io/apimachinery/pkg/watch and k8s.io/client-go/rest/watch/decoder.go.
import type { KubeObject } from '../api/object.ts';
import { ApiError, type Status } from '../api/status.ts';
import { TransportError } from './transport.ts';

/** One event. A bookmark's object has only its kind and metadata. */
export interface WatchEvent<T> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';
  readonly object: T;
}

const newline = 10;

/**
 * The events of a stream, in groups as they came together. Throws the ApiError of an ERROR event, after the events
 * before it. `textOf`: what is to be parsed of the text of an event.
 */
export async function* watchEvents<T extends KubeObject>(
  stream: AsyncIterable<Buffer>,
  textOf: (line: string) => string = (line) => line,
): AsyncIterable<WatchEvent<T>[]> {
  let rest: Buffer[] = [];
  for await (const chunk of stream) {
    const last = chunk.lastIndexOf(newline);
    if (last < 0) {
      rest.push(chunk);
      continue;
    }
    const whole =
      rest.length === 0 ? chunk.subarray(0, last) : Buffer.concat([...rest, chunk.subarray(0, last)]);
    rest = last + 1 < chunk.length ? [chunk.subarray(last + 1)] : [];
    const events: WatchEvent<T>[] = [];
    let error: ApiError | undefined;
    for (const line of whole.toString('utf8').split('\n')) {
      if (line === '') continue;
      const event = parse<T>(textOf(line));
      if (event instanceof ApiError) {
        error = event;
        break;
      }
      events.push(event);
    }
    if (events.length > 0) yield events;
    if (error) throw error;
  }
}

function parse<T extends KubeObject>(line: string): WatchEvent<T> | ApiError {
  let event: { type: string; object: unknown };
  try {
    event = JSON.parse(line) as typeof event;
  } catch (cause) {
    throw new TransportError('a watch sent a line that is no JSON', { cause });
  }
  if (event.type === 'ERROR') return new ApiError(event.object as Status);
  return event as WatchEvent<T>;
}
