// Certificate requests and certificates in PEM, as far as validation needs them.
// Upstream: ParseCSR in k8s.io/kubernetes/pkg/apis/certificates/helpers.go.
import { X509Certificate } from 'node:crypto';
import { goQuote } from '../../api/go-text.ts';
import { malformed, readCertificateRequest } from './pkcs10.ts';

interface PemBlock {
  readonly type: string;
  readonly body: string;
}

function pemBlocks(text: string): PemBlock[] {
  const pattern = /-----BEGIN ([^-\n]+)-----\r?\n([\s\S]*?)-----END \1-----/g;
  return [...text.matchAll(pattern)].map(([, type, body]) => ({ type: type!, body: body! }));
}

/** What is wrong with a certificate request (base64 of PEM); undefined when nothing is. */
export function requestFault(base64: string | null): string | undefined {
  const [block] = pemBlocks(Buffer.from(base64 ?? '', 'base64').toString('latin1'));
  if (block?.type !== 'CERTIFICATE REQUEST') return 'PEM block type must be CERTIFICATE REQUEST';
  try {
    return readCertificateRequest(Buffer.from(block.body, 'base64')).signatureFault();
  } catch (error) {
    return error instanceof Error ? error.message : malformed;
  }
}

/** The organizations that a certificate request (base64 of PEM) asks for. Throws Error where it cannot be read. */
export function requestedOrganizations(base64: string | null): readonly string[] {
  const [block] = pemBlocks(Buffer.from(base64 ?? '', 'base64').toString('latin1'));
  if (block?.type !== 'CERTIFICATE REQUEST') throw new Error('PEM block type must be CERTIFICATE REQUEST');
  return readCertificateRequest(Buffer.from(block.body, 'base64')).organizations;
}

/** What is wrong with issued certificates (base64 of PEM); undefined when nothing is. */
export function certificateFault(base64: string | undefined): string | undefined {
  if (!base64) return undefined;
  const blocks = pemBlocks(Buffer.from(base64, 'base64').toString('latin1'));
  if (blocks.length === 0) return 'must contain at least one CERTIFICATE PEM block';
  for (const { type, body } of blocks) {
    if (type !== 'CERTIFICATE') return `only CERTIFICATE PEM blocks are allowed, found ${goQuote(type)}`;
    if (body.includes(':')) return 'no PEM block headers are permitted';
    try {
      new X509Certificate(Buffer.from(body, 'base64'));
    } catch {
      return 'x509: malformed certificate';
    }
  }
  return undefined;
}
