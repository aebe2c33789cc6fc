// Names that carry their owner's domain: `acme.io/foo`. Finalizers, controllers, signers.
// Upstream: IsDomainPrefixedPath and IsDomainPrefixedKey in k8s.io/apimachinery/pkg/util/validation/validation.go.
import type { FieldErrors } from './field-errors.ts';
import { dnsSubdomain, httpPath, qualifiedName } from './names.ts';

/** A DNS subdomain, a slash, the path of a URL. */
export function validateDomainPath(errors: FieldErrors, value: string, path: string): void {
  if (value === '') {
    errors.required(path);
    return;
  }
  const slash = value.indexOf('/');
  if (slash <= 0 || slash === value.length - 1) {
    errors.invalid(path, value, 'must be a domain-prefixed path (such as "acme.io/foo")');
    return;
  }
  const host = value.slice(0, slash);
  const rest = value.slice(slash + 1);
  errors.invalids(path, host, dnsSubdomain(host));
  errors.invalids(path, rest, httpPath(rest));
}

/** A label key with a prefix. */
export function validateDomainKey(errors: FieldErrors, key: string, path: string): void {
  if (key === '') {
    errors.required(path);
    return;
  }
  const messages = qualifiedName(key);
  errors.invalids(path, key, messages);
  if (messages.length === 0 && key.split('/').length !== 2)
    errors.invalid(path, key, 'must be a domain-prefixed key (such as "acme.io/foo")');
}
