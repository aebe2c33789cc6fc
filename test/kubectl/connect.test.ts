// kubectl exec, attach and port-forward, as far as they come without a node: their requests ask for another protocol.
import { expect, it } from 'vitest';
import { kubectlSuite } from './session.ts';

kubectlSuite('connections to pods', (kubectl) => {
  it.each([[['exec', 'p', '--', 'date']], [['attach', 'p']], [['port-forward', 'p', ':80']]])(
    '%s is told that the pod has no node',
    async (args) => {
      const namespace = await kubectl.namespace();
      const metadata = { name: 'p' };
      const spec = { containers: [{ name: 'c', image: 'i' }] };
      const stdin = JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata, spec });
      await kubectl.ok(['-n', namespace, 'create', '-f', '-'], { stdin });
      // attach and port-forward ask for pods that run before they connect
      const ready = '{"status":{"phase":"Running"}}';
      await kubectl.ok(['-n', namespace, 'patch', 'pod', 'p', '--subresource=status', '-p', ready]);
      expect(await kubectl.fails(['-n', namespace, ...args])).toContain(
        'pod p does not have a host assigned\n',
      );
    },
  );
});
