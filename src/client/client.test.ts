import { expect, it } from 'vitest';
import { Client } from './client.ts';
import { configMaps } from './resources.ts';
import { type Transport, TransportError } from './transport.ts';

/** Answers everything with this text. */
function answering(status: number, text: string): Client {
  const transport: Transport = {
    send: async () => ({
      status,
      header: () => undefined,
      bytes: async () => Buffer.from(text),
      async *stream() {
        yield Buffer.from(text);
      },
    }),
    close: async () => {},
  };
  return new Client(transport, { userAgent: 'test' });
}

const object = { metadata: { namespace: 'default', name: 'a' } };

it('parses no answer that nobody reads', async () => {
  const client = answering(200, 'no JSON');
  expect(await client.create(configMaps, object, { unread: true })).toBeUndefined();
  expect(await client.delete(configMaps, object, { unread: true })).toBeUndefined();
});

it('tells of an answer that it can not read', async () => {
  const client = answering(200, 'no JSON');
  await expect(client.create(configMaps, object)).rejects.toThrow(TransportError);
  await expect(client.delete(configMaps, object)).rejects.toThrow(
    '/api/v1/namespaces/default/configmaps/a: the answer is no JSON',
  );
});

it('reads refusals of what nobody reads otherwise', async () => {
  const client = answering(404, '{"kind":"Status","message":"gone","code":404}');
  await expect(client.create(configMaps, object, { unread: true })).rejects.toThrow('gone');
  await expect(client.delete(configMaps, object, { unread: true })).rejects.toThrow('gone');
});

it('knows what name an object got, however the answer is written', async () => {
  const drafted = { metadata: { namespace: 'default', generateName: 'a-' } };
  for (const answer of [
    '{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"a-x7z9k","generateName":"a-"}}\n',
    '{"apiVersion":"v1","data":{"name":"b"},"metadata":{"generateName":"a-","name":"a-x7z9k"}}',
    `{"apiVersion":"v1","metadata":{"annotations":{"long":"${'x'.repeat(500)}"},"name":"a-x7z9k"}}`,
  ])
    expect(await answering(201, answer).createNamed(configMaps, drafted)).toBe('a-x7z9k');
  await expect(answering(201, 'no JSON').createNamed(configMaps, drafted)).rejects.toThrow(TransportError);
  await expect(
    answering(403, '{"kind":"Status","message":"no","code":403}').createNamed(configMaps, drafted),
  ).rejects.toThrow('no');
});
