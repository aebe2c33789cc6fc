// Kernel parameters of a pod.
// Upstream: k8s.io/component-helpers/node/util/sysctl and pkg/apis/core/validation/validation.go.
import type { PodSpec } from '#types/core_v1';
import type { FieldErrors } from '../validation/field-errors.ts';
import { longerThan } from '../validation/names.ts';
import type { PodSpecOptions } from './options.ts';

const segment = '[a-z0-9]([-_a-z0-9]*[a-z0-9])?';
const pattern = `^(${segment}[\\./])*${segment}$`;
const regex = new RegExp(pattern);

type SysctlHost = Pick<PodSpec, 'hostNetwork' | 'hostIPC'>;

// The first separator decides which of dots and slashes divides the name.
function normalized(name: string): string {
  const first = name.search(/[./]/);
  if (first < 0 || name[first] === '.') return name;
  return name.replace(/[./]/g, (ch) => (ch === '/' ? '.' : '/'));
}

const ipcNames = new Set(
  'sem shmall shmmax shmmni shm_rmid_forced shm msgmax msgmnb msgmni msg'
    .split(' ')
    .map((name) => `kernel.${name}`),
);

function namespaceOf(sysctl: string): 'ipc' | 'net' | undefined {
  const name = normalized(sysctl).split('*')[0]!;
  if (ipcNames.has(name) || name.startsWith('fs.mqueue.')) return 'ipc';
  return name.startsWith('net.') ? 'net' : undefined;
}

/** Why a sysctl of a namespace cannot be set in a pod that shares it with the host. */
export function hostSysctlFault(sysctl: string, host: SysctlHost): string | undefined {
  const namespace = namespaceOf(sysctl);
  if (host.hostNetwork && namespace === 'net') return "may not be specified when 'hostNetwork' is true";
  if (host.hostIPC && namespace === 'ipc') return "may not be specified when 'hostIPC' is true";
  return undefined;
}

/** Checks the sysctls of a pod's security context. */
export function validateSysctls(
  errors: FieldErrors,
  spec: PodSpec,
  path: string,
  options: PodSpecOptions,
): void {
  const names = new Set<string>();
  spec.securityContext?.sysctls?.forEach(({ name }, i) => {
    const at = `${path}[${i}].name`;
    if (!name) errors.required(at);
    else if (longerThan(name, 253) || !regex.test(name))
      errors.invalid(at, name, `must have at most 253 characters and match regex ${pattern}`);
    else if (names.has(name)) errors.duplicate(at, name);
    if (!options.allowHostSysctls) {
      const fault = hostSysctlFault(name, spec);
      if (fault) errors.invalid(at, name, fault);
    }
    names.add(name);
  });
}
