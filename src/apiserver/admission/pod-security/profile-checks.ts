// Checks of AppArmor profiles and SELinux options.
// Upstream: k8s.io/pod-security-admission/policy/check_{appArmorProfile,seLinuxOptions}.go.
import type { SELinuxOptions } from '#types/core_v1';
import { goQuote } from '../../../api/go-text.ts';
import {
  type Check,
  type CheckedPod,
  type CheckPod,
  named,
  plural,
  quoted,
  settersWhere,
  sortedSet,
} from './check.ts';

const appArmorAnnotations = 'container.apparmor.security.beta.kubernetes.io/';

function badAnnotations({ annotations }: CheckedPod): string[] {
  return Object.entries(annotations)
    .filter(([key]) => key.startsWith(appArmorAnnotations))
    .filter(([, value]) => value !== '' && value !== 'runtime/default' && !value.startsWith('localhost/'))
    .map(([key, value]) => `${key}=${goQuote(value)}`)
    .sort();
}

const appArmorProfile: Check = {
  id: 'appArmorProfile',
  level: 'baseline',
  since: [
    {
      minor: 0,
      check(pod) {
        const types: string[] = [];
        const setters = settersWhere(pod, ({ appArmorProfile: profile }) => {
          if (!profile || profile.type === 'RuntimeDefault' || profile.type === 'Localhost') return false;
          types.push(profile.type);
          return true;
        });
        const annotations = badAnnotations(pod);
        if (annotations.length > 0) setters.push(plural(annotations.length, 'annotation'));
        if (setters.length === 0) return undefined;
        const values = [...sortedSet(types), ...annotations];
        return {
          reason: plural(values.length, 'forbidden AppArmor profile'),
          detail: `${setters.join(' and ')} must not set AppArmor profile type to ${quoted(values)}`,
        };
      },
    },
  ],
};

function optionsWithin(allowed: ReadonlySet<string>): CheckPod {
  return (pod) => {
    const bad: SELinuxOptions[] = [];
    const setters = settersWhere(pod, ({ seLinuxOptions: options }) => {
      if (!options || (allowed.has(options.type ?? '') && !options.user && !options.role)) return false;
      bad.push(options);
      return true;
    });
    if (setters.length === 0) return undefined;
    const types = sortedSet(bad.map(({ type = '' }) => type).filter((type) => !allowed.has(type)));
    const faults = types.length > 0 ? [named(types, 'type')] : [];
    if (bad.some(({ user }) => user)) faults.push('user may not be set');
    if (bad.some(({ role }) => role)) faults.push('role may not be set');
    const detail = `${setters.join(' and ')} set forbidden securityContext.seLinuxOptions: ${faults.join('; ')}`;
    return { reason: 'seLinuxOptions', detail };
  };
}

const containerTypes = ['', 'container_t', 'container_init_t', 'container_kvm_t'];

const seLinuxOptions: Check = {
  id: 'seLinuxOptions',
  level: 'baseline',
  since: [
    { minor: 0, check: optionsWithin(new Set(containerTypes)) },
    { minor: 31, check: optionsWithin(new Set([...containerTypes, 'container_engine_t'])) },
  ],
};

/** In no order. */
export const profileChecks: readonly Check[] = [appArmorProfile, seLinuxOptions];
