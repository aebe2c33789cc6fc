// How long certificates of pods may live.
// Upstream: MaxMaxExpirationSeconds and KubernetesMaxMaxExpirationSeconds in k8s.io/kubernetes/pkg/apis/certificates/types.go.

const day = 24 * 3600;

/** The longest life of a certificate that a signer may give, in seconds: those of Kubernetes' own give less. */
export function longestLife(signer: string): number {
  const [domain = ''] = signer.split('/');
  return domain === 'kubernetes.io' || domain.endsWith('.kubernetes.io') ? day : 91 * day;
}
