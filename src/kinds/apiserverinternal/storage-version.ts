// StorageVersion: what tables cannot say. API servers write their versions into its status.
// Upstream: k8s.io/kubernetes/pkg/apis/apiserverinternal/validation/validation.go.
import type {
  ServerStorageVersion,
  StorageVersion,
  StorageVersionCondition,
} from '#types/internal.apiserver.k8s.io_v1alpha1';
import { memberAsSent } from '../../api/schema/sent-empty.ts';
import { defineKind } from '../define-kind.ts';
import { ageOf, nameOf } from '../table/ages.ts';
import { ageColumn, column, doc, nameColumn } from '../table/columns.ts';
import { FieldErrors } from '../validation/field-errors.ts';
import {
  dns1035Label,
  dnsSubdomain,
  patternMessage,
  qualifiedName,
  subdomainName,
} from '../validation/names.ts';
import { keepMetadata, takeBack } from '../validation/status-strategy.ts';

const commonPath = 'status.commonEncodingVersion';

const apiVersionText = patternMessage(
  "a DNS-1035 label, which must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character",
  '[a-z]([-a-z0-9]*[a-z0-9])?',
  'my-name',
  'abc-123',
);

/** What is wrong with an apiVersion: a version, with or without a group before it. */
function apiVersionFaults(apiVersion: string): string[] {
  const parts = apiVersion.split('/');
  if (parts.length > 2)
    return [
      `an apiVersion is ${apiVersionText} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyVersion')`,
    ];
  const [group, version] = parts.length === 2 ? [parts[0]!, parts[1]!] : [undefined, parts[0]!];
  const faults = (part: string, text: string, rule: (text: string) => string[]): string[] =>
    (text === '' ? ['must be non-empty'] : rule(text)).map((fault) => `${part} part: ${fault}`);
  return [
    ...(group === undefined ? [] : faults('group', group, dnsSubdomain)),
    ...faults('version', version, dns1035Label),
  ];
}

function validateApiVersion(errors: FieldErrors, apiVersion: string, path: string): void {
  const faults = apiVersionFaults(apiVersion);
  if (faults.length > 0) errors.invalid(path, apiVersion, faults.join(','));
}

function validateServer(errors: FieldErrors, server: ServerStorageVersion, path: string): void {
  const { apiServerID = '', encodingVersion = '', decodableVersions = [], servedVersions = [] } = server;
  errors.invalids(`${path}.apiServerID`, apiServerID, subdomainName(apiServerID, false));
  validateApiVersion(errors, encodingVersion, `${path}.encodingVersion`);
  decodableVersions.forEach((version, i) => {
    validateApiVersion(errors, version, `${path}.decodableVersions[${i}]`);
  });
  if (!decodableVersions.includes(encodingVersion))
    errors.invalid(
      `${path}.decodableVersions`,
      memberAsSent(server, 'decodableVersions') ?? null,
      `decodableVersions must include encodingVersion ${encodingVersion}`,
    );
  servedVersions.forEach((version, i) => {
    const at = `${path}.servedVersions[${i}]`;
    validateApiVersion(errors, version, at);
    if (!decodableVersions.includes(version))
      errors.invalid(
        at,
        version,
        `individual served version : ${version} must be included in decodableVersions : [${decodableVersions.join(' ')}]`,
      );
  });
}

/** Upstream leaves out `conditions` in the paths. */
function validateConditions(errors: FieldErrors, conditions: readonly StorageVersionCondition[]): void {
  const places = new Map<string, number>();
  conditions.forEach(({ type, status, reason, message }, i) => {
    const path = `status[${i}]`;
    const first = places.get(type);
    if (first !== undefined)
      errors.invalid(
        `${path}.type`,
        type,
        `the type of the condition is not unique, it also appears in conditions[${first}]`,
      );
    places.set(type, i);
    errors.invalids(`${path}.type`, type, qualifiedName(type));
    errors.invalids(`${path}.status`, status, qualifiedName(status));
    if (!reason) errors.required(`${path}.reason`);
    if (!message) errors.required(`${path}.message`);
  });
}

function validateCommonVersion(
  errors: FieldErrors,
  servers: readonly ServerStorageVersion[],
  told: string | undefined,
): void {
  const versions = new Set(servers.map(({ encodingVersion = '' }) => encodingVersion));
  const common = versions.size === 1 ? [...versions][0] : undefined;
  if (common === told) return;
  if (common === undefined)
    errors.invalid(
      commonPath,
      told,
      'should be nil if servers do not agree on the same encoding version, or if there is no server reporting the supported versions yet',
    );
  else if (told === undefined) errors.invalid(commonPath, null, `the common encoding version is ${common}`);
  else errors.invalid(commonPath, told, `the actual common encoding version is ${common}`);
}

function validate({ status = {} }: StorageVersion) {
  const errors = new FieldErrors();
  const servers = status.storageVersions ?? [];
  const ids = new Set<string>();
  servers.forEach((server, i) => {
    const path = `status.storageVersions[${i}]`;
    const { apiServerID = '' } = server;
    if (ids.has(apiServerID)) errors.duplicate(`${path}.apiServerID`, apiServerID);
    ids.add(apiServerID);
    validateServer(errors, server, path);
  });
  validateCommonVersion(errors, servers, status.commonEncodingVersion);
  validateConditions(errors, status.conditions ?? []);
  return errors.list;
}

/** The name is a group and a resource: `apps.deployments`. */
function nameFaults(name: string): string[] {
  const at = name.lastIndexOf('.');
  if (at < 0) return ['name must be in the form of <group>.<resource>'];
  return [
    ...dnsSubdomain(name.slice(0, at)).map((fault) => `the group segment ${fault}`),
    ...dns1035Label(name.slice(at + 1)).map((fault) => `the resource segment ${fault}`),
  ];
}

export const storageVersion = defineKind<StorageVersion>({
  group: 'internal.apiserver.k8s.io',
  version: 'v1alpha1',
  kind: 'StorageVersion',
  metadataChecks: [],
  nameRule: nameFaults,
  allowUnconditionalUpdate: false,
  prepareForCreate(version) {
    version.status = {};
  },
  validateCreate: validate,
  prepareForUpdate: (version, old) => takeBack(version, old, 'status'),
  validateUpdate: () => [],
  subresources: {
    status: {
      resetFields: [['metadata'], ['spec']],
      metadataChecks: [],
      prepareForUpdate(version, old) {
        takeBack(version, old, 'spec');
        keepMetadata(version, old);
      },
      validateUpdate: validate,
    },
  },
  table: {
    columns: [
      nameColumn,
      column(
        'CommonEncodingVersion',
        'string',
        doc('internal.apiserver.k8s.io/v1alpha1.StorageVersionStatus.commonEncodingVersion'),
      ),
      column(
        'StorageVersions',
        'string',
        doc('internal.apiserver.k8s.io/v1alpha1.StorageVersionStatus.storageVersions'),
      ),
      ageColumn,
    ],
    row(version, context) {
      const { commonEncodingVersion, storageVersions = [] } = version.status ?? {};
      const shown = storageVersions
        .slice(0, 3)
        .map(({ apiServerID, encodingVersion }) => `${apiServerID}=${encodingVersion}`)
        .join(',');
      const more = storageVersions.length - 3;
      return {
        cells: [
          nameOf(version),
          commonEncodingVersion ?? '<unset>',
          storageVersions.length === 0 ? '<unset>' : more > 0 ? `${shown} + ${more} more...` : shown,
          ageOf(version, context),
        ],
      };
    },
  },
});
