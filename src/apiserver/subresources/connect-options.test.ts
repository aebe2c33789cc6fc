import { expect, it } from 'vitest';
import { connectOptions } from './connect-options.ts';

it.each([
  [
    'pods/exec',
    'stdin=true&tty=false&command=a&command=b&container=c',
    '',
    { kind: 'PodExecOptions', stdin: true, container: 'c', command: ['a', 'b'] },
  ],
  ['pods/attach', 'stdout=1&stderr=0', '', { kind: 'PodAttachOptions', stdout: true }],
  ['pods/portforward', 'ports=80,81&ports=2', '', { kind: 'PodPortForwardOptions', ports: [80, 81, 2] }],
  ['nodes/proxy', '', 'healthz', { kind: 'NodeProxyOptions', path: 'healthz' }],
])('the options of %s?%s', (to, query, path, options) => {
  expect(connectOptions(to, new URLSearchParams(query), path)).toEqual({ apiVersion: 'v1', ...options });
});
