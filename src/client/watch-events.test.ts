import { expect, test } from 'vitest';
import type { KubeObject } from '../api/object.ts';
import { ApiError } from '../api/status.ts';
import { TransportError } from './transport.ts';
import { watchEvents } from './watch-events.ts';

const frame = (type: string, name: string): string =>
  `${JSON.stringify({ type, object: { metadata: { name } } })}\n`;
const expired = `${JSON.stringify({ type: 'ERROR', object: { kind: 'Status', status: 'Failure', reason: 'Expired', message: 'too old', code: 410 } })}\n`;

/** Feeds chunks and collects `TYPE NAME`, a group a line, and the error that ended it. */
async function read(chunks: readonly (string | Buffer)[]): Promise<{ groups: string[]; error?: unknown }> {
  async function* stream(): AsyncIterable<Buffer> {
    for (const chunk of chunks) yield Buffer.from(chunk as string);
  }
  const groups: string[] = [];
  try {
    for await (const events of watchEvents<KubeObject>(stream()))
      groups.push(events.map(({ type, object }) => `${type} ${object.metadata.name}`).join(', '));
  } catch (error) {
    return { groups, error };
  }
  return { groups };
}

test('events that come together are one group', async () => {
  const chunks = [frame('ADDED', 'a') + frame('ADDED', 'b'), frame('MODIFIED', 'a')];
  expect(await read(chunks)).toEqual({ groups: ['ADDED a, ADDED b', 'MODIFIED a'] });
});

test('an event may come in any pieces, also within a character', async () => {
  const bytes = Buffer.from(frame('ADDED', 'grün') + frame('DELETED', 'b'));
  for (let size = 1; size < bytes.length; size++) {
    const chunks: Buffer[] = [];
    for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size));
    const { groups } = await read(chunks);
    expect(groups.join(', '), `in pieces of ${size}`).toBe('ADDED grün, DELETED b');
  }
});

test('empty lines and what the end cuts off are nothing', async () => {
  expect(await read([`\n${frame('ADDED', 'a')}\n`, '{"type":"ADD'])).toEqual({ groups: ['ADDED a'] });
  expect(await read([])).toEqual({ groups: [] });
});

test('bookmarks are events', async () => {
  expect(await read([frame('BOOKMARK', 'x')])).toEqual({ groups: ['BOOKMARK x'] });
});

test('an ERROR ends the watch with its status, after the events before it', async () => {
  const { groups, error } = await read([frame('ADDED', 'a') + expired + frame('ADDED', 'b')]);
  expect(groups).toEqual(['ADDED a']);
  expect(error).toBeInstanceOf(ApiError);
  expect(error).toMatchObject({ code: 410, reason: 'Expired', message: 'too old' });
});

test('an ERROR alone is no group', async () => {
  const { groups, error } = await read([expired]);
  expect(groups).toEqual([]);
  expect(error).toBeInstanceOf(ApiError);
});

test('a line that is no JSON is a broken connection', async () => {
  const { error } = await read(['<html>\n']);
  expect(error).toBeInstanceOf(TransportError);
  expect((error as Error).cause).toBeInstanceOf(SyntaxError);
});
