// Names that manifest files of a control plane may use, but not its API.
// Upstream: k8s.io/kubernetes/pkg/apis/admissionregistration/validation/static_suffix.go.
import { goQuote } from '../../api/go-text.ts';

const suffix = '.static.k8s.io';

/** A warning for such a name. */
export function staticNameWarnings({ metadata }: { metadata: { name?: string } }): string[] {
  if (!metadata.name?.endsWith(suffix)) return [];
  return [
    `metadata.name: names ending with ${goQuote(suffix)} are reserved for static manifest-based configurations and cannot be managed via the API`,
  ];
}
