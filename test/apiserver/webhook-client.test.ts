// How webhooks are called, where kube-apiserver's client, which is Go's, differs from Node's: paths and trust.
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/api/clock.ts';
import { createWebhookClient } from '../../src/apiserver/webhooks/webhook-client.ts';
import { createAuthority, issueCertificate, type KeyPair } from '../../src/cluster/pki.ts';

describe('a webhook', () => {
  let listener: Server;
  let base: string;
  let authority: KeyPair;
  let pair: KeyPair;
  const client = createWebhookClient(() => {
    throw new Error('there are no services here');
  }, systemClock);
  const call = (path: string, trusted: string): Promise<unknown> =>
    client.call({ url: `${base}${path}`, caBundle: Buffer.from(trusted).toString('base64') }, {}, 10_000);

  beforeAll(async () => {
    authority = await createAuthority('hooks', systemClock);
    pair = await issueCertificate(authority, { commonName: 'hook' }, { server: ['127.0.0.1'] }, systemClock);
    listener = createServer({ cert: pair.certificate, key: pair.key }, (request, response) => {
      const asked = /^\/says\?text=(.*)&/.exec(request.url ?? '')?.[1];
      response.setHeader('content-type', 'application/json');
      response.end(asked === undefined ? JSON.stringify({ path: request.url }) : decodeURIComponent(asked));
    });
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
    base = `https://127.0.0.1:${(listener.address() as AddressInfo).port}`;
  });
  afterAll(() => new Promise((resolve) => listener.close(resolve)));

  it.each([
    ['/check', '/check'],
    ['//check', '/check'],
    ['/a//b/', '/a/b'],
    ['/', '/'],
    ['', '/'],
  ])('of path %j is asked at %s', async (path, asked) => {
    expect(await call(path, authority.certificate)).toEqual({ path: `${asked}?timeout=10s` });
  });

  it('is trusted by its own certificate, as envtest gives it', async () => {
    expect(await call('/check', pair.certificate)).toEqual({ path: '/check?timeout=10s' });
  });

  it('is not trusted by another authority', async () => {
    const other = await createAuthority('others', systemClock);
    await expect(call('/check', other.certificate)).rejects.toThrow(
      'tls: failed to verify certificate: x509: certificate signed by unknown authority',
    );
  });

  it.each([
    ['', '0-length response with status code: 200 and content type: application/json'],
    [
      'hello',
      "couldn't get version/kind; json parse error: json: cannot unmarshal string into Go value of type struct",
    ],
    [
      '[]',
      "couldn't get version/kind; json parse error: json: cannot unmarshal array into Go value of type struct",
    ],
    ['{"a"', "couldn't get version/kind; json parse error: unexpected end of JSON input"],
  ])('that answers %j is told of in the words of Go', async (text, words) => {
    await expect(call(`/says?text=${encodeURIComponent(text)}`, authority.certificate)).rejects.toThrow(
      words,
    );
  });

  it('of a service that is not there is told of with its address', async () => {
    const service = { namespace: 'n', name: 'hook' };
    await expect(client.call({ service }, {}, 10_000)).rejects.toThrow(
      'Post "https://hook.n.svc:443/?timeout=10s": there are no services here',
    );
  });
});
