import type { IncomingHttpHeaders } from 'node:http';
import { expect, it } from 'vitest';
import type { HttpRequest } from '../exchange.ts';
import { anonymous, bearerWarning, createAuthenticator } from './authenticator.ts';
import { userOfSubject } from './client-certificate.ts';

const jane = { name: 'jane', uid: '', groups: [], extra: {} };
const tokens = [
  { authenticate: (token: string) => (token === 'good' ? { user: jane, audiences: [] } : undefined) },
];
const user = (headers: IncomingHttpHeaders, anonymousAuth?: boolean): unknown =>
  createAuthenticator(() => undefined, tokens, anonymousAuth).authenticate({ headers } as HttpRequest);

it('knows users by their tokens', async () => {
  expect(await user({ authorization: 'Bearer good' })).toMatchObject({ name: 'jane' });
  expect(await user({ authorization: 'Bearer bad' })).toBeUndefined();
});

it('takes all others for anonymous, unless that is turned off', () => {
  const basic = { authorization: 'Basic YTpi' };
  expect([user({}), user(basic), user({}, true)]).toEqual([anonymous, anonymous, anonymous]);
  expect([user({}, false), user(basic, false)]).toEqual([undefined, undefined]);
});

it('reads the header as upstream does', async () => {
  expect(await user({ authorization: 'bearer good and more' })).toMatchObject({ name: 'jane' });
  expect(user({ authorization: 'Bearer ' })).toBe(anonymous);
  expect(user({ authorization: 'Bearer  good' })).toBe(anonymous);
  expect(bearerWarning('Bearer  good')).toBe(
    'the provided Authorization header contains extra space before the bearer token, and is ignored',
  );
  expect([bearerWarning('Bearer good'), bearerWarning('Bearer'), bearerWarning(undefined)]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

it('takes nobody with a bad certificate for anonymous', async () => {
  const withBadCertificate = createAuthenticator(() => 'bad', tokens);
  const ask = (headers: IncomingHttpHeaders): unknown =>
    withBadCertificate.authenticate({ headers } as HttpRequest);
  expect(ask({})).toBeUndefined();
  expect(await ask({ authorization: 'Bearer good' })).toMatchObject({ name: 'jane' });
});

it('makes users of the subjects of certificates', () => {
  const raw = Buffer.from('certificate');
  const uid = '1.3.6.1.4.1.57683.2';
  expect(userOfSubject({ CN: ['first', 'last'], O: ['a', 'b'], [uid]: 'u1' }, raw)).toEqual({
    name: 'last',
    uid: 'u1',
    groups: ['a', 'b', 'system:authenticated'],
    extra: {
      'authentication.kubernetes.io/credential-id': [
        'X509SHA256=03d66dd08835c1ca3f128cceacd1f31ac94163096b20f445ae84285bc0832d72',
      ],
    },
  });
  expect(userOfSubject({ O: 'a' }, raw)).toBeUndefined();
  expect(userOfSubject({ CN: 'x', [uid]: ['1', '2'] }, raw)).toBe('bad');
  expect(userOfSubject({ CN: 'x', [uid]: '' }, raw)).toBe('bad');
});
