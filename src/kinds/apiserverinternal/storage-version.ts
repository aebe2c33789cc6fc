// StorageVersion: what tables cannot say. API servers write their versions into its status.
// Upstream: k8s.io/kubernetes/pkg/apis/apiserverinternal/validation/validation.go.
import type {
  ServerStorageVersion,
  StorageVersion,
  StorageVersionCondition,
} from '#types/internal.apiserver.k8s.io_v1alpha1';
import { defineKind } from '../define-kind.ts';
import { ageOf, nameOf } from '../table/ages.ts';
import { ageColumn, column, doc, nameColumn } from '../table/columns.ts';
import { FieldErrors } from '../validation/field-errors.ts';
import { qualifiedName } from '../validation/names.ts';
import { firstGeneration, takeBack } from '../validation/status-strategy.ts';

const agreedPath = 'status.agreedEncodingVersion';
const emptyText = (field: string): string => `${field} cannot be empty`;

function validateServer(errors: FieldErrors, server: ServerStorageVersion, path: string): void {
  const { apiServerID = '', encodingVersion = '', decodableVersions = [] } = server;
  if (apiServerID === '') errors.invalid(`${path}.apiServerID`, '', emptyText('apiServerID'));
  else if (encodingVersion === '')
    errors.invalid(`${path}.encodingVersion`, '', emptyText('encodingVersion'));
  else if (!decodableVersions.includes(encodingVersion))
    errors.invalid(
      `${path}.decodableVersions`,
      decodableVersions,
      `decodableVersions must include encodingVersion ${encodingVersion}`,
    );
}

function validateCondition(errors: FieldErrors, condition: StorageVersionCondition, path: string): void {
  const { type, status, reason, message } = condition;
  errors.invalids(`${path}.type`, type, qualifiedName(type));
  errors.invalids(`${path}.status`, status, qualifiedName(status));
  if (!reason) errors.required(`${path}.reason`, 'reason cannot be empty');
  if (!message) errors.required(`${path}.message`, 'message cannot be empty');
}

function validate({ status = {} }: StorageVersion) {
  const errors = new FieldErrors();
  const servers = status.storageVersions ?? [];
  servers.forEach((server, i) => {
    // upstream has the name of its internal type
    validateServer(errors, server, `status.serverStorageVersions[${i}]`);
  });
  const versions = new Set(servers.map(({ encodingVersion }) => encodingVersion));
  const agreed = versions.size === 1 ? [...versions][0] : undefined;
  const told = status.commonEncodingVersion;
  if (agreed === undefined && told !== undefined)
    errors.invalid(
      agreedPath,
      told,
      'should be nil if servers do not agree on the same encoding version, or if there is no server reporting the supported versions yet',
    );
  else if (agreed !== undefined && told === undefined)
    errors.invalid(agreedPath, null, `the agreed version is ${agreed}`);
  else if (agreed !== told) errors.invalid(agreedPath, told, `the actual agreed version is ${agreed}`);
  const types = new Set<string>();
  status.conditions?.forEach((condition, i) => {
    const path = `status.conditions[${i}]`;
    if (types.has(condition.type)) errors.invalid(`${path}.type`, condition.type, 'duplicate condition type');
    types.add(condition.type);
    validateCondition(errors, condition, path);
  });
  return errors.list;
}

/** The name is a group and a resource: `apps.deployments`. */
function nameFaults(name: string): string[] {
  const at = name.lastIndexOf('.');
  if (at >= 0) return [];
  return ['name must be in the form of <group>.<resource>'];
}

export const storageVersion = defineKind<StorageVersion>({
  group: 'internal.apiserver.k8s.io',
  version: 'v1alpha1',
  kind: 'StorageVersion',
  nameRule: nameFaults,
  allowUnconditionalUpdate: false,
  prepareForCreate(version) {
    version.status = {};
    firstGeneration(version);
  },
  validateCreate: validate,
  prepareForUpdate: (version, old) => takeBack(version, old, 'status'),
  validateUpdate: validate,
  subresources: {
    status: {
      prepareForUpdate(version, old) {
        takeBack(version, old, 'spec');
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
