import { describe, expect, it } from 'vitest';
import { caBundleFault } from './ca-bundle.ts';

const certificate = `-----BEGIN CERTIFICATE-----
MIIBdTCCARqgAwIBAgIUFc1GuMrX6Wb7gpXOVw1+jsJBF0UwCgYIKoZIzj0EAwIw
-----END CERTIFICATE-----
`;

const base64 = (text: string): string => Buffer.from(text).toString('base64');

describe('the bundle of a webhook', () => {
  it('may be missing', () => {
    expect(caBundleFault(undefined)).toBeUndefined();
    expect(caBundleFault('')).toBeUndefined();
  });

  it.each([
    ['\n', 'unable to parse bytes as PEM block'],
    ['    \n\t   ', 'unable to parse bytes as PEM block'],
    [certificate, 'failed to parse certificate: x509: malformed certificate'],
    [certificate.replaceAll('CERTIFICATE', 'PUBLIC KEY'), 'no valid certificate authority data seen'],
  ])('needs a certificate: %j', (text, fault) => {
    expect(caBundleFault(base64(text))).toBe(`unable to load root certificates: ${fault}`);
  });
});
