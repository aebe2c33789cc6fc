// The bundle of authorities that a webhook's certificate is checked with.
// Upstream: ValidateCABundle in k8s.io/apiserver/pkg/util/webhook/validation.go and rootCertPool in
// k8s.io/client-go/transport/transport.go.
import { certificateOf, pemBlocks } from '../certificates/pem-blocks.ts';

/** Why a bundle (PEM in base64) is no good; undefined where it is, or where there is none. */
export function caBundleFault(bundle: string | null | undefined): string | undefined {
  if (!bundle) return undefined;
  const text = Buffer.from(bundle, 'base64').toString('latin1');
  const blocks = pemBlocks(text);
  const certificates = blocks.filter(({ type, hasHeaders }) => type === 'CERTIFICATE' && !hasHeaders);
  if (certificates.some(certificateOf)) return undefined;
  const prefix = 'unable to load root certificates: ';
  if (certificates.length > 0) return `${prefix}failed to parse certificate: x509: malformed certificate`;
  const rest = text.slice(text.lastIndexOf('-----END'));
  const endsWithBlock = blocks.length > 0 && /^-----END [^\n]*-----[ \t]*(\r?\n)?$/.test(rest);
  return (
    prefix +
    (endsWithBlock ? 'no valid certificate authority data seen' : 'unable to parse bytes as PEM block')
  );
}
