import { expect, test } from 'vitest';
import { messagesOf } from './watch-messages.ts';

test('JSON events come one by one, pretty ones too', () => {
  const compact = '{"type":"ADDED","object":{"a":"x\\n{"}}\n';
  const pretty = '{\n  "type": "ADDED",\n  "object": {\n    "a": {}\n  }\n}\n';
  const found = messagesOf(Buffer.from(compact + pretty + compact), 'text').map(String);
  expect(found).toEqual([compact, pretty, compact]);
});

test('protobuf events come without their lengths', () => {
  const frames = Buffer.from([0, 0, 0, 2, 1, 2, 0, 0, 0, 0, 0, 0, 0, 1, 0]);
  expect(messagesOf(frames, 'binary').map((m) => [...m])).toEqual([[1, 2], [], [0]]);
});
