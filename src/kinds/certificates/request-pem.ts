// Reading PKCS#10 certificate requests and certificates in PEM, as far as validation needs them. Synchronous, so by hand on
// top of node:crypto.
// Upstream: ParseCSR in k8s.io/kubernetes/pkg/apis/certificates/helpers.go.
import { createPublicKey, verify, X509Certificate } from 'node:crypto';
import { goQuote } from '../../api/go-text.ts';

interface Element {
  readonly tag: number;
  readonly content: Buffer;
  /** Tag and length too. */
  readonly whole: Buffer;
}

const sequence = 0x30;
const integer = 0x02;
const bitString = 0x03;
const malformed = 'asn1: syntax error: data truncated';

function readElements(der: Buffer): Element[] {
  const elements: Element[] = [];
  let at = 0;
  while (at < der.length) {
    const start = at;
    const tag = der[at++]!;
    let length = der[at++] ?? Number.NaN;
    if (length > 0x80) {
      const bytes = length & 0x7f;
      length = 0;
      for (let i = 0; i < bytes; i++) length = length * 256 + (der[at++] ?? Number.NaN);
    }
    if (!(at + length <= der.length)) throw new Error(malformed);
    elements.push({ tag, content: der.subarray(at, at + length), whole: der.subarray(start, at + length) });
    at += length;
  }
  return elements;
}

function child(parent: Element | undefined, index: number, tag: number): Element {
  const found = parent && readElements(parent.content)[index];
  if (!found || found.tag !== tag) throw new Error(malformed);
  return found;
}

// Digest and the complaint about a bad signature, by the algorithm's object identifier in hexadecimal.
const rsa = 'crypto/rsa: verification error';
const ecdsa = 'x509: ECDSA verification failure';
const algorithms: Readonly<Record<string, readonly [digest: string | null, fault: string]>> = {
  '2a864886f70d010105': ['sha1', rsa],
  '2a864886f70d01010b': ['sha256', rsa],
  '2a864886f70d01010c': ['sha384', rsa],
  '2a864886f70d01010d': ['sha512', rsa],
  '2a8648ce3d040302': ['sha256', ecdsa],
  '2a8648ce3d040303': ['sha384', ecdsa],
  '2a8648ce3d040304': ['sha512', ecdsa],
  '2b6570': [null, 'x509: Ed25519 verification failure'],
};

function signatureFault(der: Buffer): string | undefined {
  const [request] = readElements(der);
  if (request?.tag !== sequence) return malformed;
  const info = child(request, 0, sequence);
  child(info, 0, integer);
  child(info, 1, sequence);
  const publicKey = child(info, 2, sequence);
  const algorithm = readElements(child(request, 1, sequence).content)[0];
  const signature = child(request, 2, bitString).content.subarray(1);
  const known = algorithms[algorithm?.content.toString('hex') ?? ''];
  if (!known) return 'x509: cannot verify signature: algorithm unimplemented';
  const key = createPublicKey({ key: publicKey.whole, format: 'der', type: 'spki' });
  return verify(known[0], info.whole, key, signature) ? undefined : known[1];
}

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
    return signatureFault(Buffer.from(block.body, 'base64'));
  } catch (error) {
    return error instanceof Error ? error.message : malformed;
  }
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
