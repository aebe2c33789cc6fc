import { describe, expect, it } from 'vitest';
import type { ClusterTrustBundleProjection, PodCertificateProjection } from '#types/core_v1';
import { fieldErrorText } from '../../api/field-error.ts';
import { FieldErrors } from '../validation/field-errors.ts';
import { validateProjected } from './projected.ts';

function faults(...sources: object[]): string[] {
  const errors = new FieldErrors();
  validateProjected(errors, { sources }, 'v', false);
  return errors.list.map(fieldErrorText);
}

const certificate = { signerName: 'a.b/c', keyType: 'RSA3072', keyPath: 'k' };
const bundle = { name: 'x', path: 'p' };
const keyTypes = '"RSA3072", "RSA4096", "ECDSAP256", "ECDSAP384", "ECDSAP521", "ED25519"';

// the texts are those of kube-apiserver 1.36.3
describe('sources of certificates in projected volumes', () => {
  it.each<[string, Partial<PodCertificateProjection>, string[]]>([
    ['good', {}, []],
    [
      'of a signer without a path',
      { signerName: 'x' },
      [
        `signerName: Invalid value: "x": must be a fully qualified domain and path of the form 'example.com/signer-name'`,
      ],
    ],
    ['of no type', { keyType: 'rsa' }, [`keyType: Unsupported value: "rsa": supported values: ${keyTypes}`]],
    [
      'too short',
      { maxExpirationSeconds: 3599 },
      ['maxExpirationSeconds: Invalid value: 3599: if provided, maxExpirationSeconds must be >= 3600'],
    ],
    ['as long as can be', { maxExpirationSeconds: 7862400 }, []],
    [
      'too long',
      { maxExpirationSeconds: 7862401 },
      ['maxExpirationSeconds: Invalid value: 7862401: if provided, maxExpirationSeconds must be <= 7862400'],
    ],
    [
      "too long for Kubernetes' own signers",
      { signerName: 'kubernetes.io/x', maxExpirationSeconds: 86401 },
      ['maxExpirationSeconds: Invalid value: 86401: if provided, maxExpirationSeconds must be <= 86400'],
    ],
    [
      'outside',
      { credentialBundlePath: '..a', keyPath: '../x', certificateChainPath: '/a' },
      [
        `credentialBundlePath: Invalid value: "..a": must not start with '..'`,
        `keyPath: Invalid value: "../x": must not contain '..'`,
        'certificateChainPath: Invalid value: "/a": must be a relative path',
      ],
    ],
    [
      'with an annotation of nobody',
      { userAnnotations: { a: 'b' } },
      ['userAnnotations: Invalid value: "a": must be a domain-prefixed key (such as "acme.io/foo")'],
    ],
    [
      'with too many annotations',
      { userAnnotations: { 'a.b/c': 'b'.repeat(300_000) } },
      ['userAnnotations: Too long: may not be more than 262144 bytes'],
    ],
  ])('a certificate: %s', (_, source, expected) => {
    const texts = expected.map((text) => `v.sources[0].podCertificate.${text}`);
    expect(faults({ podCertificate: { ...certificate, ...source } })).toEqual(texts);
  });

  it('a certificate that goes nowhere', () => {
    expect(faults({ podCertificate: {} })).toEqual([
      'v.sources[0].podCertificate.signerName: Required value',
      `v.sources[0].podCertificate.keyType: Unsupported value: "": supported values: ${keyTypes}`,
      'v.sources[0].podCertificate: Required value: specify at least one of credentialBundlePath, keyPath, and certificateChainPath',
    ]);
  });

  it.each<[string, Partial<ClusterTrustBundleProjection>, string[]]>([
    ['good', bundle, []],
    ['of a signer', { ...bundle, name: 'a.b:c:d' }, []],
    [
      'of none',
      { path: 'x' },
      ['clusterTrustBundle: Required value: either name or signerName must be specified'],
    ],
    [
      'with an odd name',
      { ...bundle, name: ':' },
      [
        'clusterTrustBundle.name: Invalid value: ":": not a valid clustertrustbundlename: ClusterTrustBundle without signer name must not have ":" in its name',
      ],
    ],
    [
      'named and of a signer',
      { ...bundle, signerName: 'x', optional: true, labelSelector: { matchLabels: { a: 'b' } } },
      [
        'clusterTrustBundle: Invalid value: {"Name":"x","SignerName":"x","LabelSelector":{"matchLabels":{"a":"b"}},"Optional":true,"Path":"p"}: only one of name and signerName may be used',
      ],
    ],
    [
      'named, with labels',
      { ...bundle, labelSelector: {} },
      [
        'clusterTrustBundle.labelSelector: Invalid value: {}: labelSelector must be unset if name is specified',
      ],
    ],
    [
      'of a signer without a name',
      { path: 'x', signerName: '' },
      [
        'clusterTrustBundle.signerName: Required value: must be a valid signer name',
        'clusterTrustBundle.signerName: Required value',
      ],
    ],
    ['without a path', { name: 'x' }, ['clusterTrustBundle.path: Required value']],
  ])('a trust bundle: %s', (_, source, expected) => {
    const complete = { path: '', ...source };
    expect(faults({ clusterTrustBundle: complete })).toEqual(expected.map((text) => `v.sources[0].${text}`));
  });

  it.each<[string, object[], string[]]>([
    [
      'bundles',
      [{ clusterTrustBundle: bundle }, { clusterTrustBundle: bundle }],
      ['v: Invalid value: "p": conflicting duplicate paths'],
    ],
    [
      'the two files of a certificate',
      [{ podCertificate: { ...certificate, certificateChainPath: 'k' } }],
      ['v: Invalid value: "k": conflicting duplicate paths'],
    ],
    [
      'a bundle and a config map, which is named',
      [{ clusterTrustBundle: bundle }, { configMap: { name: 'cm', items: [{ key: 'k', path: 'p' }] } }],
      ['v: Invalid value: "cm": conflicting duplicate paths'],
    ],
    [
      'nothing, where a source has two',
      [{ clusterTrustBundle: bundle, podCertificate: certificate }],
      ['v.sources[0]: Forbidden: may not specify more than 1 volume type per source'],
    ],
  ])('one path for %s', (_, sources, expected) => {
    expect(faults(...sources)).toEqual(expected);
  });
});
