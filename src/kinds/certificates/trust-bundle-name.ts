// Names of trust bundles begin with that of their signer, where they have one: `example.com:signer:name`.
// Upstream: ValidateClusterTrustBundleName in k8s.io/kubernetes/pkg/apis/core/validation/names.go.
import { subdomainName } from '../validation/names.ts';

/** What is wrong with the name of a bundle of a signer, '' for none. `prefix`: the server will add to the name. */
export function trustBundleNameFaults(name: string, prefix: boolean, signer: string): string[] {
  if (signer === '')
    return name.includes(':')
      ? ['ClusterTrustBundle without signer name must not have ":" in its name']
      : subdomainName(name, prefix);
  const start = `${signer.replaceAll('/', ':')}:`;
  return name.startsWith(start)
    ? subdomainName(name.slice(start.length), prefix)
    : [`ClusterTrustBundle for signerName ${signer} must be named with prefix ${start}`];
}

/** The signer in a bundle's name, '' for none. */
export function signerOfTrustBundle(name: string): string {
  const end = name.lastIndexOf(':');
  return end < 0 ? '' : name.slice(0, end).replaceAll(':', '/');
}
