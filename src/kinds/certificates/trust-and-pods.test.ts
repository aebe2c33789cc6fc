import { generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { cellsOf, createFaults, updateFaults } from '../kind-faults.ts';
import { clusterTrustBundle } from './cluster-trust-bundle.ts';
import { podCertificateRequest } from './pod-certificate-request/kind.ts';

const authority = `-----BEGIN CERTIFICATE-----
MIIBdDCCARugAwIBAgIUQFyXcZSFHwwgxpCwQDEpDHzq1dYwCgYIKoZIzj0EAwIw
-----END CERTIFICATE-----
`;
const path = 'spec.trustBundle';

describe('trust bundles', () => {
  it.each([
    ['no certificate', '', 'at least one trust anchor must be provided'],
    ['another block', authority.replaceAll('CERTIFICATE', 'KEY'), 'entry 0 has bad block type: KEY'],
    ['headers', authority.replace('-----\n', '-----\nA: b\n\n'), 'entry 0 has PEM block headers'],
    ['half a certificate', authority, 'entry 0 does not parse as X.509'],
  ])('with %s', (_name, trustBundle, fault) => {
    expect(createFaults(clusterTrustBundle, { spec: { trustBundle } })).toEqual([
      `${path}: Invalid value: "<value omitted>": ${fault}`,
    ]);
  });

  it('are named after their signer', () => {
    const name = (name: string, signerName: string) =>
      createFaults(clusterTrustBundle, { metadata: { name }, spec: { signerName, trustBundle: '' } })[0];
    expect(name('a:b', '')).toBe(
      'metadata.name: Invalid value: "a:b": ClusterTrustBundle without signer name must not have ":" in its name',
    );
    expect(name('a', 'example.com/s')).toBe(
      'metadata.name: Invalid value: "a": ClusterTrustBundle for signerName example.com/s must be named with prefix example.com:s:',
    );
    expect(name('example.com:s:a', 'example.com/s')).toContain(path);
  });

  it('do not change their signer, and are read again only when they change', () => {
    const metadata = { name: 'example.com:s:x' };
    const before = { metadata, spec: { signerName: 'example.com/s', trustBundle: authority } };
    const after = { metadata, spec: { signerName: 'example.com/t', trustBundle: authority } };
    expect(updateFaults(clusterTrustBundle, before, before)).toEqual([]);
    expect(updateFaults(clusterTrustBundle, before, after)).toEqual([
      'spec.signerName: Invalid value: "example.com/t": field is immutable',
    ]);
    expect(cellsOf(clusterTrustBundle, { spec: { trustBundle: authority } })).toEqual(['x', '<none>']);
  });
});

describe('certificate requests of pods', () => {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const spec = {
    signerName: 'example.com/s',
    podName: 'p',
    podUID: 'uid',
    serviceAccountName: 's',
    serviceAccountUID: 'u',
    nodeName: 'n',
    nodeUID: 'u',
    pkixPublicKey: publicKey.export({ format: 'der', type: 'spki' }).toString('base64'),
    proofOfPossession: sign(null, Buffer.from('uid'), privateKey).toString('base64'),
  };

  it.each([
    ['proven', {}, []],
    [
      'of another pod',
      { podUID: 'other' },
      ['spec.proofOfPossession: Invalid value: could not verify proof-of-possession signature'],
    ],
    ['without a pod', { podUID: '' }, ['spec.podUID: Invalid value: "": must not be empty']],
    [
      'for too long',
      { maxExpirationSeconds: 100 * 86400 },
      ['spec.maxExpirationSeconds: Invalid value: 8640000: must be in the range [3600, 7862400]'],
    ],
    [
      'for too long for an own signer',
      { signerName: 'kubernetes.io/x', maxExpirationSeconds: 86401 },
      ['spec.maxExpirationSeconds: Invalid value: 86401: must be in the range [3600, 86400]'],
    ],
    [
      'with no key',
      { pkixPublicKey: 'AAAA' },
      ['spec.pkixPublicKey: Invalid value: "AAAA": must be a valid PKIX-serialized public key'],
    ],
  ])('%s', (_name, changes, faults) => {
    const found = createFaults(podCertificateRequest, { spec: { ...spec, ...changes } });
    expect(
      found.filter((fault) => !fault.startsWith('spec.proof') || faults.includes(fault as never)),
    ).toEqual(faults);
  });

  it('are decided once', () => {
    const condition = (type: string) => ({
      conditions: [
        { type, status: 'True', reason: 'R', message: '', lastTransitionTime: '2024-01-01T00:00:00Z' },
      ],
    });
    const change = (status: object) =>
      updateFaults(podCertificateRequest, { spec }, { spec, status }, 'status');
    expect(change(condition('Denied'))).toEqual([]);
    expect(change({ ...condition('Denied'), certificateChain: 'c' })).toEqual([
      'status: Invalid value: non-condition status fields must be empty when denying or failing the PodCertificateRequest',
    ]);
    expect(change({ certificateChain: 'c' })).toEqual([
      'status: Invalid value: status is immutable unless transitioning to "Issued", "Denied", or "Failed"',
    ]);
    expect(change(condition('Strange'))[0]).toBe(
      'status.conditions.[0].type: Unsupported value: "Strange": supported values: "Issued", "Denied", "Failed"',
    );
    expect(change({ ...condition('Issued'), certificateChain: '' })).toEqual([
      'status.certificateChain: Invalid value: "": issued certificate chain must contain at least one certificate',
    ]);
  });
});
