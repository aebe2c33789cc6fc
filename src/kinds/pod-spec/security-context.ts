// Security contexts of pods and containers, seccomp and AppArmor profiles.
// Upstream: ValidateSecurityContext and validatePodSpecSecurityContext in
// k8s.io/kubernetes/pkg/apis/core/validation/validation.go. Privileged containers are allowed (--allow-privileged).
import type { AppArmorProfile, PodSpec, SeccompProfile, SecurityContext } from '#types/core_v1';
import { ofNamedType } from '../../api/field-error.ts';
import type { FieldErrors } from '../validation/field-errors.ts';
import { validateDescendingPath } from '../validation/file-paths.ts';
import { longerThan, unixId } from '../validation/names.ts';
import type { PodSpecOptions } from './options.ts';
import { validateSysctls } from './sysctls.ts';
import { validateWindowsOptions } from './windows.ts';

const profileTypes = ['Localhost', 'RuntimeDefault', 'Unconfined'];

function validateSeccomp(errors: FieldErrors, profile: SeccompProfile | undefined, path: string): void {
  if (!profile) return;
  if (!profile.type) errors.required(`${path}.type`, 'type is required when seccompProfile is set');
  else if (!profileTypes.includes(profile.type))
    errors.notSupported(`${path}.type`, profile.type, profileTypes);
  const { localhostProfile } = profile;
  const at = `${path}.localhostProfile`;
  if (profile.type === 'Localhost') {
    if (localhostProfile === undefined) errors.required(at, 'must be set when seccomp type is Localhost');
    else validateDescendingPath(errors, localhostProfile, at);
  } else if (localhostProfile !== undefined) {
    errors.invalid(
      at,
      { Type: profile.type, LocalhostProfile: localhostProfile },
      'can only be set when seccomp type is Localhost',
    );
  }
}

/** Checks an AppArmor profile. */
export function validateAppArmor(
  errors: FieldErrors,
  profile: AppArmorProfile | undefined,
  path: string,
): void {
  if (!profile) return;
  const { localhostProfile } = profile;
  const at = `${path}.localhostProfile`;
  if (profile.type === 'Localhost') {
    const missing = 'must be set when AppArmor type is Localhost';
    if (localhostProfile === undefined) {
      errors.required(at, missing);
      return;
    }
    if (localhostProfile.trim() !== localhostProfile)
      errors.invalid(at, localhostProfile, 'must not be padded with whitespace');
    else if (localhostProfile === '') errors.required(at, missing);
    if (longerThan(localhostProfile, 4095)) errors.tooLong(at, 4095);
  } else if (profile.type === 'RuntimeDefault' || profile.type === 'Unconfined') {
    if (localhostProfile !== undefined)
      errors.invalid(at, ofNamedType(localhostProfile), 'can only be set when AppArmor type is Localhost');
  } else if (!profile.type) errors.required(`${path}.type`, 'type is required when appArmorProfile is set');
  else errors.notSupported(`${path}.type`, profile.type, profileTypes);
}

// A container's security context as upstream's internal type prints.
function printed(context: SecurityContext): unknown {
  const {
    capabilities: caps,
    privileged = null,
    seLinuxOptions: se,
    windowsOptions: win,
    runAsUser = null,
    runAsGroup = null,
    runAsNonRoot = null,
    readOnlyRootFilesystem = null,
    allowPrivilegeEscalation = null,
    procMount = null,
    seccompProfile: seccomp,
    appArmorProfile: armor,
  } = context;
  const profile = (from: SeccompProfile | AppArmorProfile | undefined): unknown =>
    from ? { Type: from.type, LocalhostProfile: from.localhostProfile ?? null } : null;
  return {
    Capabilities: caps ? { Add: caps.add ?? null, Drop: caps.drop ?? null } : null,
    Privileged: privileged,
    SELinuxOptions: se
      ? { User: se.user ?? '', Role: se.role ?? '', Type: se.type ?? '', Level: se.level ?? '' }
      : null,
    WindowsOptions: win
      ? {
          GMSACredentialSpecName: win.gmsaCredentialSpecName ?? null,
          GMSACredentialSpec: win.gmsaCredentialSpec ?? null,
          RunAsUserName: win.runAsUserName ?? null,
          HostProcess: win.hostProcess ?? null,
        }
      : null,
    RunAsUser: runAsUser,
    RunAsGroup: runAsGroup,
    RunAsNonRoot: runAsNonRoot,
    ReadOnlyRootFilesystem: readOnlyRootFilesystem,
    AllowPrivilegeEscalation: allowPrivilegeEscalation,
    ProcMount: procMount,
    SeccompProfile: profile(seccomp),
    AppArmorProfile: profile(armor),
  };
}

const procMounts = ['Default', 'Unmasked'];

/** Checks a container's security context. `hostUsers`: the pod lives in the host's user namespace. */
export function validateSecurityContext(
  errors: FieldErrors,
  context: SecurityContext | undefined,
  path: string,
  hostUsers: boolean,
): void {
  if (!context) return;
  const { runAsUser, runAsGroup, procMount } = context;
  if (runAsUser !== undefined) errors.invalids(`${path}.runAsUser`, runAsUser, unixId(runAsUser));
  if (runAsGroup !== undefined) errors.invalids(`${path}.runAsGroup`, runAsGroup, unixId(runAsGroup));
  if (procMount !== undefined) {
    if (!procMounts.includes(procMount)) errors.notSupported(`${path}.procMount`, procMount, procMounts);
    if (hostUsers && procMount === 'Unmasked')
      errors.invalid(`${path}.procMount`, procMount, '`hostUsers` must be false to use `Unmasked`');
  }
  validateSeccomp(errors, context.seccompProfile, `${path}.seccompProfile`);
  if (context.allowPrivilegeEscalation === false) {
    if (context.privileged) {
      errors.invalid(
        path,
        printed(context),
        'cannot set `allowPrivilegeEscalation` to false and `privileged` to true',
      );
    }
    for (const capability of context.capabilities?.add ?? []) {
      if (capability !== 'CAP_SYS_ADMIN') continue;
      errors.invalid(
        path,
        printed(context),
        'cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN',
      );
    }
  }
  validateWindowsOptions(errors, context.windowsOptions, `${path}.windowsOptions`);
  validateAppArmor(errors, context.appArmorProfile, `${path}.appArmorProfile`);
}

const fsGroupPolicies = ['Always', 'OnRootMismatch'];
const supplementalPolicies = ['Merge', 'Strict'];
const seLinuxPolicies = ['MountOption', 'Recursive'];

/** Checks the security context of a pod. */
export function validatePodSecurityContext(
  errors: FieldErrors,
  spec: PodSpec,
  path: string,
  options: PodSpecOptions,
): void {
  const context = spec.securityContext;
  if (!context) return;
  for (const field of ['fsGroup', 'runAsUser', 'runAsGroup'] as const) {
    const id = context[field];
    if (id !== undefined) errors.invalids(`${path}.${field}`, id, unixId(id));
  }
  context.supplementalGroups?.forEach((id, i) => {
    errors.invalids(`${path}.supplementalGroups[${i}]`, id, unixId(id));
  });
  if (spec.shareProcessNamespace && spec.hostPID) {
    errors.invalid(
      `${path}.shareProcessNamespace`,
      true,
      'ShareProcessNamespace and HostPID cannot both be enabled',
    );
  }
  validateSysctls(errors, spec, `${path}.sysctls`, options);
  const { fsGroupChangePolicy, supplementalGroupsPolicy, seLinuxChangePolicy } = context;
  if (fsGroupChangePolicy !== undefined && !fsGroupPolicies.includes(fsGroupChangePolicy))
    errors.notSupported(`${path}.fsGroupChangePolicy`, fsGroupChangePolicy, fsGroupPolicies);
  validateSeccomp(errors, context.seccompProfile, `${path}.seccompProfile`);
  validateWindowsOptions(errors, context.windowsOptions, `${path}.windowsOptions`);
  validateAppArmor(errors, context.appArmorProfile, `${path}.appArmorProfile`);
  if (supplementalGroupsPolicy !== undefined && !supplementalPolicies.includes(supplementalGroupsPolicy))
    errors.notSupported(`${path}.supplementalGroupsPolicy`, supplementalGroupsPolicy, supplementalPolicies);
  if (seLinuxChangePolicy === undefined) return;
  const allowed = options.allowMountOptionSELinux ? seLinuxPolicies : ['Recursive'];
  if (!allowed.includes(seLinuxChangePolicy))
    errors.notSupported(`${path}.seLinuxChangePolicy`, seLinuxChangePolicy, allowed);
}
