// The options of a connection as an object of their kind, from the query of the request: admission is shown them.
// Upstream: the conversions from url.Values of k8s.io/api/core/v1 and ConnectResource in k8s.io/apiserver.
import type { Json, JsonObject, KubeObject } from '../../api/object.ts';
import { decodeTyped } from '../../api/schema/decode.ts';

/** The kinds of options by resource and subresource. */
const kinds: Readonly<Record<string, string>> = {
  'pods/exec': 'PodExecOptions',
  'pods/attach': 'PodAttachOptions',
  'pods/portforward': 'PodPortForwardOptions',
  'pods/proxy': 'PodProxyOptions',
  'services/proxy': 'ServiceProxyOptions',
  'nodes/proxy': 'NodeProxyOptions',
};

function isTrue(text: string | null): boolean {
  return text !== null && !['false', '0'].includes(text.toLowerCase());
}

/** The options of a connection to `pods/exec` and the like; `path` is what follows `proxy/`. */
export function connectOptions(to: string, query: URLSearchParams, path: string): KubeObject {
  const kind = kinds[to]!;
  const options: JsonObject = { kind, apiVersion: 'v1' };
  for (const name of ['stdin', 'stdout', 'stderr', 'tty'])
    if (query.has(name)) options[name] = isTrue(query.get(name)) as Json;
  if (query.has('container')) options['container'] = query.get('container')!;
  if (query.has('command')) options['command'] = query.getAll('command');
  if (query.has('ports'))
    options['ports'] = query.getAll('ports').flatMap((ports) => ports.split(',').map(Number));
  if (to.endsWith('/proxy')) options['path'] = path;
  return decodeTyped(`core/v1.${kind}`, options);
}
