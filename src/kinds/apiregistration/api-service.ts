// APIService: what tables cannot say. Its name is its version and group.
// Upstream: k8s.io/kube-aggregator/pkg/registry/apiservice and pkg/apis/apiregistration/validation/validation.go.
import type { APIService, APIServiceSpec } from '#types/apiregistration.k8s.io_v1';
import { goQuote } from '../../api/go-text.ts';
import { formatTime } from '../../api/time.ts';
import { defineKind } from '../define-kind.ts';
import { ageOf, nameOf } from '../table/ages.ts';
import { ageColumn, column, nameColumn } from '../table/columns.ts';
import { FieldErrors } from '../validation/field-errors.ts';
import { dns1035Label, dnsSubdomain, pathSegment, portNumber } from '../validation/names.ts';
import { takeBack } from '../validation/status-strategy.ts';

const statuses = ['True', 'False', 'Unknown'];

function validateService(errors: FieldErrors, spec: APIServiceSpec): void {
  const { service, insecureSkipTLSVerify: insecure, caBundle } = spec;
  if (!service) {
    if (caBundle) {
      const bytes = Buffer.from(caBundle, 'base64').length;
      errors.invalid('spec.caBundle', `${bytes} bytes`, 'local APIServices may not have a caBundle');
    }
    if (insecure)
      errors.invalid(
        'spec.insecureSkipTLSVerify',
        insecure,
        'local APIServices may not have insecureSkipTLSVerify',
      );
    return;
  }
  if (!service.namespace) errors.required('spec.service.namespace');
  if (!service.name) errors.required('spec.service.name');
  const port = service.port ?? 0;
  const faults = portNumber(port);
  if (faults.length > 0) errors.invalid('spec.service.port', port, `port is not valid: ${faults.join(', ')}`);
  if (insecure && caBundle)
    errors.invalid('spec.insecureSkipTLSVerify', insecure, 'may not be true if caBundle is present');
}

function nameRule(name: string, prefix: boolean, { spec }: APIService): string[] {
  const faults = pathSegment(name, prefix);
  if (faults.length > 0) return faults;
  const needed = `${spec.version ?? ''}.${spec.group ?? ''}`;
  return name === needed ? [] : [`must be \`spec.version+"."+spec.group\`: ${goQuote(needed)}`];
}

function validate({ spec }: APIService) {
  const errors = new FieldErrors();
  const { group = '', version = '', groupPriorityMinimum: groupPriority, versionPriority } = spec;
  if (group === '' && version !== 'v1')
    errors.required('spec.group', 'only v1 may have an empty group and it better be legacy kube');
  if (group !== '') errors.invalids('spec.group', group, dnsSubdomain(group));
  errors.invalids('spec.version', version, dns1035Label(version));
  if (groupPriority <= 0 || groupPriority > 20000)
    errors.invalid('spec.groupPriorityMinimum', groupPriority, 'must be positive and less than 20000');
  if (versionPriority <= 0 || versionPriority > 1000)
    errors.invalid('spec.versionPriority', versionPriority, 'must be positive and less than 1000');
  validateService(errors, spec);
  return errors.list;
}

function availableCell({ status }: APIService): string {
  const condition = status?.conditions?.find(({ type }) => type === 'Available');
  if (!condition) return 'Unknown';
  if (condition.status === 'True' || !condition.reason) return condition.status;
  return `${condition.status} (${condition.reason})`;
}

export const apiService = defineKind<APIService>({
  group: 'apiregistration.k8s.io',
  version: 'v1',
  kind: 'APIService',
  metadataChecks: ['change', 'whole'],
  metadataRules: 'plain',
  nameRule,
  setDefaults({ spec }) {
    if (spec.service) spec.service.port ??= 443;
  },
  prepareForCreate(apiService, { now }) {
    apiService.status = {};
    // What this server serves itself is there at once.
    if (!apiService.spec.service)
      apiService.status.conditions = [
        {
          type: 'Available',
          status: 'True',
          lastTransitionTime: formatTime(now),
          reason: 'Local',
          message: 'Local APIServices are always available',
        },
      ];
  },
  validateCreate: validate,
  allowUnconditionalUpdate: false,
  prepareForUpdate: (apiService, old) => takeBack(apiService, old, 'status'),
  validateUpdate: (apiService) => validate(apiService),

  subresources: {
    status: {
      resetFields: [['metadata'], ['spec']],
      prepareForUpdate(apiService, old) {
        apiService.spec = old.spec;
        for (const field of ['labels', 'annotations', 'finalizers', 'ownerReferences'])
          takeBack(apiService.metadata, old.metadata, field);
      },
      validateUpdate({ status }) {
        const errors = new FieldErrors();
        status.conditions?.forEach((condition, i) => {
          if (!statuses.includes(condition.status))
            errors.notSupported(`status.conditions[${i}].status`, condition.status, statuses);
        });
        return errors.list;
      },
    },
  },

  table: {
    columns: [
      nameColumn,
      column('Service', 'string', 'The reference to the service that hosts this API endpoint.'),
      column('Available', 'string', 'Whether this service is available.'),
      ageColumn,
    ],
    row(apiService, context) {
      const { service } = apiService.spec;
      return {
        cells: [
          nameOf(apiService),
          service ? `${service.namespace ?? ''}/${service.name ?? ''}` : 'Local',
          availableCell(apiService),
          ageOf(apiService, context),
        ],
      };
    },
  },
});
