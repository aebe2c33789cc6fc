// URLs: url('https://example.com/path').getHost(). Upstream: k8s.io/apiserver/pkg/cel/library/urls.go.
import { KeyedMap, stringList } from '../values/collections.ts';
import { EvaluationError, type OpaqueValue, type Value } from '../values/value.ts';
import { hostnameOf, parseRequestUrl, portOf, type Url, UrlError } from './url-syntax.ts';

class UrlValue implements OpaqueValue {
  readonly tag = 'opaque';
  readonly typeName = 'kubernetes.URL';
  readonly url: Url;

  constructor(url: Url) {
    this.url = url;
  }

  equals(other: OpaqueValue): Value {
    return other instanceof UrlValue && this.url.text === other.url.text;
  }
}

function url(text: string): Value {
  try {
    return new UrlValue(parseRequestUrl(text));
  } catch (error) {
    if (error instanceof UrlError)
      return new EvaluationError(`URL parse error during conversion from string: ${error.message}`);
    throw error;
  }
}

function query({ url: { query: text } }: UrlValue): Value {
  const lists = new Map<string, string[]>();
  for (const [name, value] of new URLSearchParams(text)) lists.set(name, [...(lists.get(name) ?? []), value]);
  return new KeyedMap([...lists].map(([name, values]) => [name, stringList(values)] as const));
}

export const urlFunctions = {
  string_to_url: url,
  is_url_string: (text: string) => url(text) instanceof UrlValue,
  url_get_scheme: (value: UrlValue) => value.url.scheme,
  url_get_host: (value: UrlValue) => value.url.host,
  url_get_hostname: (value: UrlValue) => hostnameOf(value.url.host),
  url_get_port: (value: UrlValue) => portOf(value.url.host),
  url_get_escaped_path: (value: UrlValue) => value.url.escapedPath,
  url_get_query: query,
};
