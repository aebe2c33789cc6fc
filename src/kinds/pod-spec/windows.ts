// What pods say of their operating system, and what Windows pods may not say.
// Upstream: validateWindows, validateWindowsSecurityContextOptions and validateWindowsHostProcessPod in
// k8s.io/kubernetes/pkg/apis/core/validation/validation.go.
import type {
  PodSecurityContext,
  PodSpec,
  SecurityContext,
  WindowsSecurityContextOptions,
} from '#types/core_v1';
import { memberAsSent } from '../../api/schema/sent-empty.ts';
import type { FieldErrors } from '../validation/field-errors.ts';
import { dnsSubdomain } from '../validation/names.ts';
import { visitContainers } from './containers-of.ts';

const netBios = /^[^\\/:*?"<>|.][^\\/:*?"<>|]{0,14}$/;
const dnsPart = '[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?';
const dnsDomain = new RegExp(`^${dnsPart}(?:\\.${dnsPart})*$`);
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what may not be there
const control = /[\x00-\x1f\x7f]/;

function userNameFaults(name: string): string[] {
  if (name === '') return ['runAsUserName cannot be an empty string'];
  if (control.test(name)) return ['runAsUserName cannot contain control characters'];
  const parts = name.split('\\');
  if (parts.length > 2) return ['runAsUserName cannot contain more than one backslash'];
  const user = parts.at(-1)!;
  const domain = parts.length === 2 ? parts[0]! : undefined;
  const faults: string[] = [];
  if (domain !== undefined) {
    if (Buffer.byteLength(domain) >= 256)
      faults.push("runAsUserName's Domain length must be under 256 characters");
    if (!netBios.test(domain) && !dnsDomain.test(domain))
      faults.push("runAsUserName's Domain doesn't match the NetBios nor the DNS format");
  }
  if (user === '') faults.push("runAsUserName's User cannot be empty");
  else if (Buffer.byteLength(user) > 104)
    faults.push("runAsUserName's User length must not be longer than 104 characters");
  if (/^[. ]+$/.test(user)) faults.push("runAsUserName's User cannot contain only periods or spaces");
  if (/["/\\:;|=,+*?<>@[\]]/.test(user))
    faults.push(`runAsUserName's User cannot contain the following characters: "/\\:;|=,+*?<>@[]`);
  return faults;
}

/** Checks `securityContext.windowsOptions`. */
export function validateWindowsOptions(
  errors: FieldErrors,
  options: WindowsSecurityContextOptions | undefined,
  path: string,
): void {
  if (!options) return;
  const { gmsaCredentialSpecName: specName, gmsaCredentialSpec: spec, runAsUserName: user } = options;
  if (specName !== undefined)
    errors.invalids(`${path}.gmsaCredentialSpecName`, specName, dnsSubdomain(specName));
  if (spec === '')
    errors.invalid(`${path}.gmsaCredentialSpec`, spec, 'gmsaCredentialSpec cannot be an empty string');
  else if (spec !== undefined && Buffer.byteLength(spec) > 64 * 1024)
    errors.invalid(`${path}.gmsaCredentialSpec`, spec, 'gmsaCredentialSpec size must be under 64 KiB');
  if (user !== undefined) errors.invalids(`${path}.runAsUserName`, user, userNameFaults(user));
}

/** HostProcess containers: all or none, and only with the host's network. */
export function validateHostProcess(errors: FieldErrors, spec: PodSpec, path: string): void {
  const ofPod = spec.securityContext?.windowsOptions?.hostProcess;
  let count = 0;
  let hostProcess = 0;
  visitContainers(spec, path, (container, at) => {
    count++;
    const own = container.securityContext?.windowsOptions?.hostProcess;
    if (ofPod !== undefined && own !== undefined && ofPod !== own) {
      errors.invalid(
        `${at()}.securityContext.windowsOptions.hostProcess`,
        own,
        `pod hostProcess value must be identical if both are specified, was ${ofPod}`,
      );
    }
    if (own ?? ofPod) hostProcess++;
  });
  if (hostProcess === 0) return;
  if (hostProcess !== count) {
    errors.invalid(
      path,
      '',
      'If pod contains any hostProcess containers then all containers must be HostProcess containers',
    );
  }
  if (!spec.hostNetwork) {
    errors.invalid(
      `${path}.hostNetwork`,
      false,
      'hostNetwork must be true if pod contains any hostProcess containers',
    );
  }
}

// In upstream's order: fields of the pod's security context and of the pod itself.
const forbiddenForPod: readonly (
  | keyof PodSecurityContext
  | 'hostUsers'
  | 'hostPID'
  | 'hostIPC'
  | 'shareProcessNamespace'
)[] = [
  'appArmorProfile',
  'seLinuxOptions',
  'hostUsers',
  'hostPID',
  'hostIPC',
  'seccompProfile',
  'fsGroup',
  'fsGroupChangePolicy',
  'sysctls',
  'shareProcessNamespace',
  'runAsUser',
  'runAsGroup',
  'supplementalGroups',
  'supplementalGroupsPolicy',
  'seLinuxChangePolicy',
];
const forbiddenForContainer: readonly (keyof SecurityContext)[] = [
  'appArmorProfile',
  'seLinuxOptions',
  'seccompProfile',
  'capabilities',
  'readOnlyRootFilesystem',
  'privileged',
  'allowPrivilegeEscalation',
  'procMount',
  'runAsUser',
  'runAsGroup',
];
const notOnWindows = 'cannot be set for a windows pod';

function validateWindows(errors: FieldErrors, spec: PodSpec, path: string): void {
  const context = spec.securityContext;
  for (const field of forbiddenForPod) {
    switch (field) {
      case 'hostPID':
      case 'hostIPC':
        if (spec[field]) errors.forbidden(`${path}.${field}`, notOnWindows);
        break;
      case 'hostUsers':
      case 'shareProcessNamespace':
        if (spec[field] !== undefined) errors.forbidden(`${path}.${field}`, notOnWindows);
        break;
      default:
        if (context && (field === 'sysctls' ? context.sysctls : memberAsSent(context, field)) !== undefined)
          errors.forbidden(`${path}.securityContext.${field}`, notOnWindows);
    }
  }
  visitContainers(spec, path, (container, at) => {
    for (const field of forbiddenForContainer)
      if (container.securityContext?.[field] !== undefined)
        errors.forbidden(`${at()}.securityContext.${field}`, notOnWindows);
  });
}

function validateLinux(errors: FieldErrors, spec: PodSpec, path: string): void {
  const notOnLinux = 'windows options cannot be set for a linux pod';
  if (spec.securityContext?.windowsOptions)
    errors.forbidden(`${path}.securityContext.windowsOptions`, notOnLinux);
  visitContainers(spec, path, (container, at) => {
    if (container.securityContext?.windowsOptions)
      errors.forbidden(`${at()}.securityContext.windowsOptions`, notOnLinux);
  });
}

/** Checks `spec.os` and what it forbids. */
export function validateOs(errors: FieldErrors, spec: PodSpec, path: string): void {
  const { os } = spec;
  if (!os) return;
  if (!os.name) errors.required(`${path}.os.name`);
  else if (os.name === 'linux') validateLinux(errors, spec, path);
  else if (os.name === 'windows') validateWindows(errors, spec, path);
  else errors.notSupported(`${path}.os`, os.name, ['linux', 'windows']);
}
