import { expect, it } from 'vitest';
import type { HttpRequest } from '../exchange.ts';
import { certificateUser } from './client-certificate.ts';

/** A request of a connection whose certificate Node tells so. */
const requestOf = (certificate: unknown): HttpRequest =>
  ({
    socket: { encrypted: true, authorized: true, getPeerCertificate: () => certificate },
  }) as unknown as HttpRequest;

it('a connection without a certificate has no user', () => {
  expect(certificateUser(requestOf({}))).toBeUndefined();
});

it('neither has one that has ended, of which Node tells nothing', () => {
  expect(certificateUser(requestOf(null))).toBeUndefined();
});

it('a certificate names its user and the groups', () => {
  const raw = Buffer.from('x');
  expect(certificateUser(requestOf({ subject: { CN: 'ada', O: ['a', 'b'] }, raw }))).toMatchObject({
    name: 'ada',
    groups: ['a', 'b', 'system:authenticated'],
  });
});
