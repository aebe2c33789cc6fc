// Where webhooks are: a URL or a service of the cluster.
// Upstream: k8s.io/apiserver/pkg/util/webhook/validation.go.
import { parseUrl, UrlError } from '../../api/cel/functions/url-syntax.ts';
import type { FieldErrors } from './field-errors.ts';
import { dnsSubdomain, portNumber } from './names.ts';

/** The client configuration of a webhook. */
export interface WebhookClient {
  readonly url?: string;
  readonly service?: {
    readonly namespace: string;
    readonly name: string;
    readonly path?: string;
    readonly port?: number;
  };
}

const form = '; desired format: https://host[/path]';
const parts = /^(?:([A-Za-z][A-Za-z0-9+.-]*):)?(?:\/\/([^/?#]*))?[^?#]*(?:\?([^#]*))?(?:#(.*))?$/s;

function validateUrl(errors: FieldErrors, url: string, path: string): void {
  try {
    parseUrl(url);
  } catch (error) {
    if (!(error instanceof UrlError)) throw error;
    errors.required(path, `url must be a valid URL: ${error.message}${form}`);
    return;
  }
  const [, scheme = '', authority = '', query, fragment] = parts.exec(url) ?? [];
  const user = authority.includes('@') ? authority.slice(0, authority.lastIndexOf('@')) : undefined;
  const host = user === undefined ? authority : authority.slice(user.length + 1);
  if (scheme.toLowerCase() !== 'https')
    errors.invalid(path, scheme.toLowerCase(), `'https' is the only allowed URL scheme${form}`);
  if (host === '') errors.invalid(path, '', `host must be specified${form}`);
  if (user !== undefined) errors.invalid(path, user, 'user information is not permitted in the URL');
  if (fragment) errors.invalid(path, fragment, 'fragments are not permitted in the URL');
  if (query) errors.invalid(path, query, 'query parameters are not permitted in the URL');
}

function validateServicePath(errors: FieldErrors, text: string, path: string): void {
  if (text === '' || text === '/') return;
  if (text === '//') {
    errors.invalid(path, text, 'segment[0] may not be empty');
    return;
  }
  if (!text.startsWith('/')) errors.invalid(path, text, "must start with a '/'");
  // less its first byte, whatever that is
  const rest = text.startsWith('/') ? text.slice(1) : Buffer.from(text).subarray(1).toString('latin1');
  const steps = rest.replace(/\/$/, '').split('/');
  steps.forEach((step, i) => {
    if (step === '') errors.invalid(path, text, `segment[${i}] may not be empty`);
    else
      errors.invalids(
        path,
        text,
        dnsSubdomain(step).map((fault) => `segment[${i}]: ${fault}`),
      );
  });
}

/** Exactly one of URL and service, and that one good. */
export function validateWebhookClient(
  errors: FieldErrors,
  { url, service }: WebhookClient,
  path: string,
): void {
  if ((url === undefined) === (service === undefined)) {
    errors.required(path, 'exactly one of url or service is required');
    return;
  }
  if (url !== undefined) validateUrl(errors, url, `${path}.url`);
  if (!service) return;
  const at = `${path}.service`;
  // Upstream takes one for the other here, which shows when only one of them is missing.
  if (!service.namespace) errors.required(`${at}.name`);
  if (!service.name) errors.required(`${at}.namespace`);
  const port = service.port ?? 0;
  const faults = portNumber(port);
  if (faults.length > 0) errors.invalid(`${at}.port`, port, `port is not valid: ${faults.join(', ')}`);
  if (service.path !== undefined) validateServicePath(errors, service.path, `${at}.path`);
}
