import { expect, it } from 'vitest';
import { UsageError } from '../options.ts';
import { kubeApiServerSettings } from './kube-apiserver.ts';

it.each([
  [['-v=4']],
  [['-v', '4']],
  [['--tls-curve-preferences=X25519', '--allow-privileged', '--secure-port=0']],
])('takes %j as upstream does', (args) => {
  expect(kubeApiServerSettings(args)).toMatchObject({ storage: 'memory' });
});

it('refuses modes of authorization that there are not, in a line', () => {
  expect(() => kubeApiServerSettings(['--authorization-mode=RBAC,Foo'])).toThrow(
    new UsageError('kube-apiserver: authorization-mode "Foo" is not a valid mode'),
  );
});

it('takes the least timeout of watches in seconds', () => {
  expect(kubeApiServerSettings([]).minRequestTimeoutMs).toBe(1_800_000);
  expect(kubeApiServerSettings(['--min-request-timeout=7']).minRequestTimeoutMs).toBe(7000);
});
