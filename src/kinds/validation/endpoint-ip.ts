// Addresses that traffic can be sent to.
// Upstream: ValidateEndpointIP in k8s.io/kubernetes/pkg/apis/core/validation/validation.go.
import { type IpAddress, parseIpSloppy } from './addresses.ts';
import type { FieldErrors } from './field-errors.ts';

function faultsOf({ family, bytes }: IpAddress, text: string): string[] {
  const [a = 0, b = 0, c = 0] = bytes;
  const last = bytes.at(-1);
  const v4 = family === 4;
  const zeros = bytes.slice(0, -1).every((byte) => byte === 0);
  const faults: string[] = [];
  if (zeros && last === 0) faults.push(`may not be unspecified (${text})`);
  if (v4 ? a === 127 : zeros && last === 1)
    faults.push('may not be in the loopback range (127.0.0.0/8, ::1/128)');
  if (v4 ? a === 169 && b === 254 : a === 0xfe && (b & 0xc0) === 0x80)
    faults.push('may not be in the link-local range (169.254.0.0/16, fe80::/10)');
  if (v4 ? a === 224 && b === 0 && c === 0 : a === 0xff && (b & 0x0f) === 0x02)
    faults.push('may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)');
  return faults;
}

/** Neither unspecified, loopback nor link-local. */
export function validateEndpointIp(errors: FieldErrors, text: string, path: string): void {
  const address = parseIpSloppy(text);
  if (!address) errors.invalid(path, text, 'must be a valid IP address');
  else errors.invalids(path, text, faultsOf(address, text));
}
