// ServiceAccount: what tables cannot say.
// Upstream: k8s.io/kubernetes/pkg/registry/core/serviceaccount/strategy.go.
import type { ServiceAccount } from '#types/core_v1';
import { defineKind } from '../define-kind.ts';
import { ageOf, nameOf } from '../table/ages.ts';
import { ageColumn, nameColumn } from '../table/columns.ts';
import { subdomainName } from '../validation/names.ts';

const mountableAnnotation = 'kubernetes.io/enforce-mountable-secrets';

function keepOnlyNames(account: ServiceAccount): void {
  account.secrets = account.secrets?.map(({ name }) => (name ? { name } : {}));
  if (account.secrets === undefined) delete account.secrets;
}

function isAnnotated({ metadata }: ServiceAccount): boolean {
  return metadata.annotations?.[mountableAnnotation] !== undefined;
}

const warning = `metadata.annotations[${mountableAnnotation}]: deprecated in v1.32+; prefer separate namespaces to isolate access to mounted secrets`;

export const serviceAccount = defineKind<ServiceAccount>({
  group: '',
  version: 'v1',
  kind: 'ServiceAccount',
  metadataChecks: ['change', 'whole'],
  returnsDeletedObject: true,
  nameRule: subdomainName,
  prepareForCreate: keepOnlyNames,
  warningsOnCreate: (account) => (isAnnotated(account) ? [warning] : []),
  prepareForUpdate: keepOnlyNames,
  warningsOnUpdate: (account, old) => (isAnnotated(account) && !isAnnotated(old) ? [warning] : []),
  table: {
    columns: [nameColumn, ageColumn],
    row: (account, context) => ({ cells: [nameOf(account), ageOf(account, context)] }),
  },
});
