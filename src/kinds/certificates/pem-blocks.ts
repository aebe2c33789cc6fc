// The blocks of a PEM text, read as Go's encoding/pem does.
import { X509Certificate } from 'node:crypto';

/** One block. */
export interface PemBlock {
  /** `CERTIFICATE`. */
  readonly type: string;
  readonly hasHeaders: boolean;
  readonly der: Buffer;
}

const block = /^-----BEGIN ([^\n]*?)-----[ \t]*\r?\n([\s\S]*?)^-----END \1-----[ \t]*\r?$/gm;

/** Every well-formed block; other text is skipped. */
export function pemBlocks(text: string): PemBlock[] {
  return [...text.matchAll(block)].map(([, type = '', body = '']) => {
    const lines = body.split(/\r?\n/);
    const headers = lines.filter((line) => line.includes(':'));
    const data = lines.filter((line) => !line.includes(':')).join('');
    return { type, hasHeaders: headers.length > 0, der: Buffer.from(data, 'base64') };
  });
}

/** The certificate in a block; undefined where it is none. */
export function certificateOf({ der }: PemBlock): X509Certificate | undefined {
  try {
    return new X509Certificate(der);
  } catch {
    return undefined;
  }
}
