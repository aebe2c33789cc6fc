import 'reflect-metadata';
import { Pkcs10CertificateRequestGenerator } from '@peculiar/x509';
import { beforeAll, expect, it } from 'vitest';
import { cellsOf, created, createFaults, updated, updateFaults } from '../kind-faults.ts';
import { certificateSigningRequest as kind } from './certificate-signing-request.ts';

let request = '';

beforeAll(async () => {
  const signingAlgorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = await crypto.subtle.generateKey(signingAlgorithm, true, ['sign', 'verify']);
  const generated = await Pkcs10CertificateRequestGenerator.create({
    name: 'CN=jane',
    keys,
    signingAlgorithm,
  });
  request = Buffer.from(generated.toString('pem')).toString('base64');
});

const spec = (fields: object) => ({
  spec: { request, signerName: 'example.com/s', usages: ['client auth'], ...fields },
});

it('takes a good request', () => {
  expect(createFaults(kind, spec({}))).toEqual([]);
});

it('refuses a request whose signature is of other bytes', () => {
  const pem = Buffer.from(request, 'base64').toString();
  const der = Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64');
  const at = der.indexOf('jane');
  der.write('john', at);
  const forged = `-----BEGIN CERTIFICATE REQUEST-----\n${der.toString('base64')}\n-----END CERTIFICATE REQUEST-----\n`;
  const [fault] = createFaults(kind, spec({ request: Buffer.from(forged).toString('base64') }));
  expect(fault).toContain('x509: ECDSA verification failure');
});

it.each([
  [
    'no PEM',
    { request: 'dGVzdA==' },
    ['spec.request: Invalid value: "dGVzdA==": PEM block type must be CERTIFICATE REQUEST'],
  ],
  ['no signer', { signerName: '' }, ['spec.signerName: Required value']],
  [
    'half a signer',
    { signerName: 'example.com' },
    [
      'spec.signerName: Invalid value: "example.com": must be a fully qualified domain and path of the form \'example.com/signer-name\'',
    ],
  ],
  [
    'a signer without a domain',
    { signerName: 'a/b' },
    ['spec.signerName: Invalid value: "a": should be a domain with at least two segments separated by dots'],
  ],
  [
    'the old signer',
    { signerName: 'kubernetes.io/legacy-unknown' },
    [
      'spec.signerName: Invalid value: "kubernetes.io/legacy-unknown": the legacy signerName is not allowed via this API version',
    ],
  ],
  ['no usages', { usages: [] }, ['spec.usages: Required value']],
  ['a usage twice', { usages: ['any', 'any'] }, ['spec.usages[1]: Duplicate value: "any"']],
  [
    'a short life',
    { expirationSeconds: 1 },
    [
      'spec.expirationSeconds: Invalid value: 1: may not specify a duration less than 600 seconds (10 minutes)',
    ],
  ],
])('create with %s', (_, fields, faults) => {
  expect(createFaults(kind, spec(fields))).toEqual(faults);
});

it('writes who asks', () => {
  expect(created(kind, spec({ username: 'admin', uid: 'x' }))['spec']).toMatchObject({
    username: 'jane',
    uid: 'u-1',
    groups: ['system:authenticated'],
    extra: { scope: ['a', 'b'] },
  });
});

const approved = { type: 'Approved', status: 'True' };
const denied = { type: 'Denied', status: 'True' };

it('is approved by its own path only', () => {
  const status = { conditions: [approved], certificate: 'x' };
  const before = spec({});
  expect(updateFaults(kind, before, { ...before, status }, 'approval')).toEqual([]);
  const { object } = updated(kind, before, { ...before, status }, 'approval');
  const time = '2024-01-01T12:00:00Z';
  expect(object['status']).toEqual({
    conditions: [{ ...approved, lastUpdateTime: time, lastTransitionTime: time }],
  });
  expect(updateFaults(kind, before, { ...before, status: { conditions: [approved] } }, 'status')).toEqual([
    'status.conditions: Forbidden: updates may not add a condition of type "Approved"',
  ]);
});

it.each([
  [
    [approved, denied],
    ['status.conditions: Invalid value: "Denied": Approved and Denied conditions are mutually exclusive'],
  ],
  [
    [{ ...approved, status: 'False' }],
    ['status.conditions[0].status: Unsupported value: "False": supported values: "True"'],
  ],
  [[{ type: '', status: 'True' }], ['status.conditions[0].type: Required value']],
])('conditions %#', (conditions, faults) => {
  const before = spec({});
  expect(updateFaults(kind, before, { ...before, status: { conditions } }, 'approval')).toEqual(faults);
});

it('prints its state', () => {
  const fields = {
    ...spec({ username: 'jane', expirationSeconds: 3600 }),
    status: { conditions: [approved], certificate: 'x' },
  };
  expect(cellsOf(kind, fields)).toEqual([
    'x',
    '<unknown>',
    'example.com/s',
    'jane',
    '60m',
    'Approved,Issued',
  ]);
});
