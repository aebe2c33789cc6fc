import { describe, expect, it } from 'vitest';
import type { ServedResource } from '../resources.ts';
import { etcdKey } from './etcd-key.ts';

describe('etcdKey', () => {
  it.each([
    ['', 'pods', false, 'default', '/pods/default/web'],
    ['', 'nodes', false, '', '/minions/web'],
    ['', 'services', false, 'default', '/services/specs/default/web'],
    ['', 'endpoints', false, 'default', '/services/endpoints/default/web'],
    ['apps', 'deployments', false, 'default', '/deployments/default/web'],
    ['networking.k8s.io', 'ingresses', false, 'default', '/ingress/default/web'],
    ['apiregistration.k8s.io', 'apiservices', false, '', '/apiregistration.k8s.io/apiservices/web'],
    ['example.com', 'services', true, 'default', '/registry/example.com/services/default/web'],
  ])('of %s %s', (group, resource, custom, namespace, key) => {
    const served = { groupResource: { group, resource }, custom: custom ? {} : undefined };
    expect(etcdKey(served as unknown as ServedResource, namespace, 'web')).toBe(key);
  });
});
