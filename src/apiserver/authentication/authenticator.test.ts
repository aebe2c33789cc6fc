import type { IncomingHttpHeaders } from 'node:http';
import { expect, it } from 'vitest';
import type { HttpRequest } from '../exchange.ts';
import { anonymous, createAuthenticator } from './authenticator.ts';

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
