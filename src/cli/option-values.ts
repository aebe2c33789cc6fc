// What the values of options must be: each check gives the value or a mistake of the user that names the option.
// Upstream: cmd/kube-apiserver/app/options/validation.go, k8s.io/apiserver/pkg/server/options/admission.go.
import { X509Certificate } from 'node:crypto';
import { accessSync, constants, readFileSync, statSync } from 'node:fs';
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { type ParsedOptions, UsageError } from './options.ts';

/** The admission plugins of Kubernetes 1.36, whether they do something here or not. Upstream: AllOrderedPlugins. */
const admissionPlugins: ReadonlySet<string> = new Set(
  `AlwaysAdmit NamespaceAutoProvision NamespaceLifecycle NamespaceExists LimitPodHardAntiAffinityTopology LimitRanger
  ServiceAccount NodeRestriction TaintNodesByCondition AlwaysPullImages ImagePolicyWebhook PodSecurity PodNodeSelector
  Priority DefaultTolerationSeconds PodTolerationRestriction EventRateLimit ExtendedResourceToleration DefaultStorageClass
  StorageObjectInUseProtection PodGroupProtection OwnerReferencesPermissionEnforcement PersistentVolumeClaimResize
  RuntimeClass CertificateApproval CertificateSigning ClusterTrustBundleAttest CertificateSubjectRestriction
  DefaultIngressClass DenyServiceExternalIPs PodTopologyLabels PodGroupWorkloadExists NodeDeclaredFeatureValidator
  JobValidation PodResizeValidator MutatingAdmissionPolicy MutatingAdmissionWebhook ValidatingAdmissionPolicy
  ValidatingAdmissionWebhook ResourceQuota AlwaysDeny`.split(/\s+/),
);

/** Checks the options of one command; each throws UsageError. */
export interface OptionValues {
  wholeNumber(name: string, min: number, max: number): number;
  /** Of `--v`. */
  verbosity(): number;
  /** An IP address, or localhost. */
  address(name: string): string;
  /** One CIDR, or one of each family with a comma between them. */
  serviceRange(name: string): string;
  /** `FIRST-LAST`. */
  portRange(name: string): string;
  /** The path of a file that can be read, or ''. */
  file(name: string): string;
  /** The path of a PEM file of certificates, or ''. */
  certificates(name: string): string;
  admissionPlugins(name: string): string[];
}

const fileFaults: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  EACCES: 'may not be read by this user',
  ENOTDIR: 'no such file',
};

/** The checks; `command` begins the messages: `kubeskiff apiserver`. */
export function optionValues(command: string, options: ParsedOptions): OptionValues {
  const fail = (name: string, why: string): never => {
    throw new UsageError(`${command}: --${name} ${options.text(name)}: ${why}`);
  };
  const wholeNumber = (name: string, min: number, max: number): number => {
    const text = options.text(name);
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < min || value > max)
      fail(name, `choose a whole number from ${min} to ${max}`);
    return value;
  };
  const file = (name: string): string => {
    const path = options.text(name);
    if (path === '') return '';
    try {
      accessSync(path, constants.R_OK);
    } catch (error) {
      const { code = '', message } = error as NodeJS.ErrnoException;
      fail(name, fileFaults[code] ?? message);
    }
    if (statSync(path).isDirectory()) fail(name, 'is a directory');
    return path;
  };
  return {
    wholeNumber,
    verbosity: () => wholeNumber('v', 0, 10),
    address(name) {
      const text = options.text(name);
      if (isIP(text) === 0 && text !== 'localhost') fail(name, 'not an IP address');
      return text;
    },
    serviceRange(name) {
      const text = options.text(name);
      const ranges = text.split(',');
      const bad = ranges.find((range) => !ipaddr.isValidCIDR(range));
      if (bad !== undefined) fail(name, `${JSON.stringify(bad)} is no CIDR, for example 10.96.0.0/16`);
      if (ranges.length > 2) fail(name, 'must not contain more than two entries');
      const families = new Set(ranges.map((range) => ipaddr.parseCIDR(range)[0].kind()));
      if (families.size < ranges.length) fail(name, 'the two ranges must be of different IP families');
      return text;
    },
    portRange(name) {
      const text = options.text(name);
      const [first = 0, last = 0] = (/^(\d+)-(\d+)$/.exec(text) ?? []).slice(1).map(Number);
      if (first < 1 || last < first || last > 65_535)
        fail(name, 'not a range of ports, for example 30000-32767');
      return text;
    },
    file,
    certificates(name) {
      const path = file(name);
      if (path === '') return '';
      try {
        new X509Certificate(readFileSync(path));
      } catch {
        fail(name, 'holds no certificate (PEM)');
      }
      return path;
    },
    admissionPlugins(name) {
      const names = options.list(name);
      const unknown = names.find((each) => !admissionPlugins.has(each));
      if (unknown !== undefined)
        throw new UsageError(`${command}: --${name}: plugin ${JSON.stringify(unknown)} is unknown`);
      return names;
    },
  };
}
