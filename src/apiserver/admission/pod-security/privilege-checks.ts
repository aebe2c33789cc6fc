// Checks of what containers may do: privileges, capabilities, unmasked /proc, sysctls.
// Upstream: k8s.io/pod-security-admission/policy/check_{privileged,allowPrivilegeEscalation,capabilities_*,procMount_*,sysctls}.go.
import {
  type Check,
  type CheckedPod,
  type CheckPod,
  containersOf,
  containersWhere,
  named,
  quoted,
  sortedSet,
  unlessOwnUsers,
  unlessWindows,
} from './check.ts';

const privileged: Check = {
  id: 'privileged',
  level: 'baseline',
  since: [
    {
      minor: 0,
      check(pod) {
        const bad = containersWhere(pod, (c) => c.securityContext?.privileged === true);
        if (bad.length === 0) return undefined;
        return { reason: 'privileged', detail: `${named(bad)} must not set securityContext.privileged=true` };
      },
    },
  ],
};

const noEscalation: CheckPod = (pod) => {
  const bad = containersWhere(pod, (c) => c.securityContext?.allowPrivilegeEscalation !== false);
  if (bad.length === 0) return undefined;
  const detail = `${named(bad)} must set securityContext.allowPrivilegeEscalation=false`;
  return { reason: 'allowPrivilegeEscalation != false', detail };
};

const allowPrivilegeEscalation: Check = {
  id: 'allowPrivilegeEscalation',
  level: 'restricted',
  since: [
    { minor: 8, check: noEscalation },
    { minor: 25, check: unlessWindows(noEscalation) },
  ],
};

/** What is wrong with the capabilities that containers add; undefined where all are allowed. */
function addedBeyond(pod: CheckedPod, allowed: ReadonlySet<string>): string | undefined {
  const added = (c: { securityContext?: { capabilities?: { add?: string[] } } }): string[] =>
    (c.securityContext?.capabilities?.add ?? []).filter((capability) => !allowed.has(capability));
  const bad = containersOf(pod).filter((c) => added(c).length > 0);
  if (bad.length === 0) return undefined;
  const names = bad.map(({ name }) => name);
  return `${named(names)} must not include ${quoted(sortedSet(bad.flatMap(added)))} in securityContext.capabilities.add`;
}

const ordinaryCapabilities = new Set([
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'NET_BIND_SERVICE',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
]);

const capabilitiesBaseline: Check = {
  id: 'capabilities_baseline',
  level: 'baseline',
  since: [
    {
      minor: 0,
      check(pod) {
        const detail = addedBeyond(pod, ordinaryCapabilities);
        return detail === undefined ? undefined : { reason: 'non-default capabilities', detail };
      },
    },
  ],
};

const bindingAlone = new Set(['NET_BIND_SERVICE']);
const fewCapabilities: CheckPod = (pod) => {
  const keeping = containersWhere(pod, (c) => !c.securityContext?.capabilities?.drop?.includes('ALL'));
  const details: string[] = [];
  if (keeping.length > 0)
    details.push(`${named(keeping)} must set securityContext.capabilities.drop=["ALL"]`);
  const added = addedBeyond(pod, bindingAlone);
  if (added !== undefined) details.push(added);
  return details.length === 0
    ? undefined
    : { reason: 'unrestricted capabilities', detail: details.join('; ') };
};

const capabilitiesRestricted: Check = {
  id: 'capabilities_restricted',
  level: 'restricted',
  overrides: 'capabilities_baseline',
  since: [
    { minor: 22, check: fewCapabilities },
    { minor: 25, check: unlessWindows(fewCapabilities) },
  ],
};

const maskedProc: CheckPod = (pod) => {
  const mounted = containersOf(pod).flatMap(({ name, securityContext }) => {
    const procMount = securityContext?.procMount;
    return procMount === undefined || procMount === 'Default' ? [] : [{ name, procMount }];
  });
  if (mounted.length === 0) return undefined;
  const types = sortedSet(mounted.map(({ procMount }) => procMount));
  const names = mounted.map(({ name }) => name);
  const detail = `${named(names)} must not set securityContext.procMount to ${quoted(types)}`;
  return { reason: 'procMount', detail };
};

const procMount: Check = {
  id: 'procMount',
  level: 'baseline',
  since: [
    { minor: 0, check: maskedProc },
    { minor: 35, check: unlessOwnUsers(maskedProc) },
  ],
};

const procMountRestricted: Check = {
  id: 'procMount_restricted',
  level: 'restricted',
  overrides: 'procMount',
  since: [{ minor: 35, check: maskedProc }],
};

const safeSysctls: readonly { readonly minor: number; readonly names: readonly string[] }[] = [
  {
    minor: 0,
    names: [
      'kernel.shm_rmid_forced',
      'net.ipv4.ip_local_port_range',
      'net.ipv4.tcp_syncookies',
      'net.ipv4.ping_group_range',
      'net.ipv4.ip_unprivileged_port_start',
    ],
  },
  { minor: 27, names: ['net.ipv4.ip_local_reserved_ports'] },
  {
    minor: 29,
    names: [
      'net.ipv4.tcp_keepalive_time',
      'net.ipv4.tcp_fin_timeout',
      'net.ipv4.tcp_keepalive_intvl',
      'net.ipv4.tcp_keepalive_probes',
    ],
  },
  { minor: 32, names: ['net.ipv4.tcp_rmem', 'net.ipv4.tcp_wmem'] },
];

function sysctlsWithin(allowed: ReadonlySet<string>): CheckPod {
  return ({ spec }) => {
    const set = (spec.securityContext?.sysctls ?? []).map(({ name }) => name);
    const bad = set.filter((name) => !allowed.has(name));
    return bad.length === 0 ? undefined : { reason: 'forbidden sysctls', detail: bad.join(', ') };
  };
}

const sysctls: Check = {
  id: 'sysctls',
  level: 'baseline',
  since: safeSysctls.map(({ minor }) => {
    const sofar = safeSysctls.filter((step) => step.minor <= minor);
    return { minor, check: sysctlsWithin(new Set(sofar.flatMap(({ names }) => names))) };
  }),
};

/** In no order. */
export const privilegeChecks: readonly Check[] = [
  privileged,
  allowPrivilegeEscalation,
  capabilitiesBaseline,
  capabilitiesRestricted,
  procMount,
  procMountRestricted,
  sysctls,
];
