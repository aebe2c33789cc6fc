// Binds pods through the API. Upstream: plugins/defaultbinder/default_binder.go.
import type { Binding } from '#types/core_v1';
import { resource } from '../../client/resource.ts';
import type { Plugin, PluginContext } from '../framework.ts';

/** Bindings are posted to the pod that they are for. */
const podBindings = resource<Binding>('v1', 'Binding', 'pods', 'Namespaced');

export function createDefaultBinder({ client }: Pick<PluginContext, 'client'>): Plugin {
  return {
    name: 'DefaultBinder',
    async bind(_state, { namespace, name, uid }, nodeName) {
      const binding: Binding = {
        apiVersion: 'v1',
        kind: 'Binding',
        metadata: { name, namespace, uid },
        target: { kind: 'Node', name: nodeName },
      };
      // no signal: thousands of bindings at once would make one long list of its listeners
      await client.create(podBindings, binding, { subresource: 'binding', unread: true });
      return true;
    },
  };
}
