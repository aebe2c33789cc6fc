// PriorityLevelConfiguration: what tables cannot say.
// Upstream: k8s.io/kubernetes/pkg/apis/flowcontrol/validation/validation.go.
import type {
  ExemptPriorityLevelConfiguration,
  LimitedPriorityLevelConfiguration,
  LimitResponse,
  PriorityLevelConfiguration,
  PriorityLevelConfigurationSpec,
  QueuingConfiguration,
} from '#types/flowcontrol.apiserver.k8s.io_v1';
import { defineKind } from '../define-kind.ts';
import { internalJson } from '../internal-json.ts';
import { semanticEqual } from '../semantic-equal.ts';
import { ageOf, nameOf } from '../table/ages.ts';
import { ageColumn, column, doc, nameColumn } from '../table/columns.ts';
import { FieldErrors } from '../validation/field-errors.ts';
import { subdomainName } from '../validation/names.ts';
import {
  firstGeneration,
  raiseGeneration,
  replaceMetadata,
  takeBack,
} from '../validation/status-strategy.ts';
import { mandatoryLevels } from './mandatory.ts';
import { validateStatusConditions } from './status-conditions.ts';

const types = ['Exempt', 'Limited'];
const responses = ['Queue', 'Reject'];
const mostQueues = 10_000_000;
const maxHashBits = 60;
const zeroSharesAnnotation = 'flowcontrol.k8s.io/v1beta3-preserve-zero-concurrency-shares';
const notNegative = 'must be a non-negative integer';

function validatePercent(errors: FieldErrors, percent: number | undefined, path: string): void {
  if (percent !== undefined && (percent < 0 || percent > 100))
    errors.invalid(path, percent, 'must be between 0 and 100, inclusive');
}

function validateQueuing(errors: FieldErrors, queuing: QueuingConfiguration, path: string): void {
  const { queues, handSize, queueLengthLimit: limit } = queuing;
  if (limit <= 0) errors.invalid(`${path}.queueLengthLimit`, limit, 'must be positive');
  if (queues <= 0) errors.invalid(`${path}.queues`, queues, 'must be positive');
  else if (queues > mostQueues)
    errors.invalid(`${path}.queues`, queues, `must not be greater than ${mostQueues}`);
  const at = `${path}.handSize`;
  if (handSize <= 0) errors.invalid(at, handSize, 'must be positive');
  else if (handSize > queues) errors.invalid(at, handSize, `should not be greater than queues (${queues})`);
  else if (Math.ceil(Math.log2(queues) * handSize) > maxHashBits)
    errors.invalid(
      at,
      handSize,
      `required entropy bits of deckSize ${queues} and handSize ${handSize} should not be greater than ${maxHashBits}`,
    );
}

function validateResponse(errors: FieldErrors, { type, queuing }: LimitResponse, path: string): void {
  const at = `${path}.queuing`;
  if (type === 'Reject') {
    if (queuing) errors.forbidden(at, 'must be nil if limited.limitResponse.type is not Limited');
  } else if (type === 'Queue') {
    if (!queuing) errors.required(at, 'must not be empty if limited.limitResponse.type is Limited');
    else validateQueuing(errors, queuing, at);
  } else if (!type) errors.required(`${path}.type`);
  else errors.notSupported(`${path}.type`, type, responses);
}

function validateLimited(errors: FieldErrors, limited: LimitedPriorityLevelConfiguration): void {
  const path = 'spec.limited';
  const { nominalConcurrencyShares: shares = 0, borrowingLimitPercent: borrowing } = limited;
  if (shares < 0) errors.invalid(`${path}.nominalConcurrencyShares`, shares, notNegative);
  validateResponse(errors, limited.limitResponse, `${path}.limitResponse`);
  validatePercent(errors, limited.lendablePercent, `${path}.lendablePercent`);
  if (borrowing !== undefined && borrowing < 0)
    errors.invalid(`${path}.borrowingLimitPercent`, borrowing, `if specified, ${notNegative}`);
}

function validateExempt(errors: FieldErrors, exempt: ExemptPriorityLevelConfiguration): void {
  const { nominalConcurrencyShares: shares = 0, lendablePercent } = exempt;
  if (shares < 0) errors.invalid('spec.exempt.nominalConcurrencyShares', shares, notNegative);
  validatePercent(errors, lendablePercent, 'spec.exempt.lendablePercent');
}

function validateSpec(errors: FieldErrors, name: string, spec: PriorityLevelConfigurationSpec): void {
  const { type, limited, exempt } = spec;
  if ((name === 'exempt') !== (type === 'Exempt'))
    errors.invalid('spec.type', type, "must be 'Exempt' if and only if `name` is 'exempt'");
  if (type === 'Exempt') {
    if (limited) errors.forbidden('spec.limited', 'must be nil if the type is not Limited');
    if (exempt) validateExempt(errors, exempt);
  } else if (type === 'Limited') {
    if (exempt) errors.forbidden('spec.exempt', 'must be nil if the type is Limited');
    if (!limited) errors.required('spec.limited', 'must not be empty when type is Limited');
    else validateLimited(errors, limited);
  } else if (!type) errors.required('spec.type');
  else errors.notSupported('spec.type', type, types);
}

function validateFixed(errors: FieldErrors, name: string, spec: PriorityLevelConfigurationSpec): void {
  const fixed = mandatoryLevels[name];
  if (!fixed) return;
  // What is exempt may be tuned, nothing else.
  const isExempt = name === 'exempt';
  const compared = isExempt ? { ...spec, exempt: fixed.exempt } : spec;
  if (semanticEqual(compared, fixed)) return;
  const but = isExempt ? " except the 'spec.exempt' field" : '';
  errors.invalid(
    'spec',
    internalJson(spec, 'PriorityLevelConfigurationSpec'),
    `spec of '${name}'${but} must equal the fixed value`,
  );
}

function validate({ metadata, spec, status }: PriorityLevelConfiguration) {
  const errors = new FieldErrors();
  const name = metadata.name ?? '';
  if (metadata.annotations?.[zeroSharesAnnotation] !== undefined)
    errors.forbidden('metadata.annotations', `annotation '${zeroSharesAnnotation}' is forbidden`);
  validateSpec(errors, name, spec);
  validateFixed(errors, name, spec);
  validateStatusConditions(errors, status?.conditions);
  return errors.list;
}

function docOf(field: string) {
  return doc(`flowcontrol.apiserver.k8s.io/v1.${field}`);
}

export const priorityLevelConfiguration = defineKind<PriorityLevelConfiguration>({
  group: 'flowcontrol.apiserver.k8s.io',
  version: 'v1',
  kind: 'PriorityLevelConfiguration',
  metadataChecks: ['whole'],
  nameRule: subdomainName,
  setDefaults({ spec: { limited, exempt } }) {
    if (exempt) {
      exempt.nominalConcurrencyShares ??= 0;
      exempt.lendablePercent ??= 0;
    }
    if (!limited) return;
    limited.nominalConcurrencyShares ??= 30;
    limited.lendablePercent ??= 0;
    const { queuing } = limited.limitResponse;
    if (!queuing) return;
    if (!queuing.handSize) queuing.handSize = 8;
    if (!queuing.queues) queuing.queues = 64;
    if (!queuing.queueLengthLimit) queuing.queueLengthLimit = 50;
  },
  prepareForCreate(level) {
    level.status = {};
    firstGeneration(level);
  },
  validateCreate: validate,
  prepareForUpdate(level, old) {
    takeBack(level, old, 'status');
    raiseGeneration(level, old);
  },
  validateUpdate: validate,

  subresources: {
    status: {
      resetFields: [['metadata'], ['spec']],
      prepareForUpdate(level, old) {
        level.spec = old.spec;
        replaceMetadata(level, old);
      },
      validateUpdate({ status }) {
        const errors = new FieldErrors();
        validateStatusConditions(errors, status.conditions);
        return errors.list;
      },
    },
  },

  table: {
    columns: [
      nameColumn,
      column('Type', 'string', docOf('PriorityLevelConfigurationSpec.type')),
      column(
        'NominalConcurrencyShares',
        'string',
        docOf('LimitedPriorityLevelConfiguration.nominalConcurrencyShares'),
      ),
      column('Queues', 'string', docOf('QueuingConfiguration.queues')),
      column('HandSize', 'string', docOf('QueuingConfiguration.handSize')),
      column('QueueLengthLimit', 'string', docOf('QueuingConfiguration.queueLengthLimit')),
      ageColumn,
    ],
    row(level, context) {
      const { type, limited } = level.spec;
      const queuing = limited?.limitResponse.queuing;
      return {
        cells: [
          nameOf(level),
          type,
          limited ? (limited.nominalConcurrencyShares ?? 0) : '<none>',
          queuing?.queues ?? '<none>',
          queuing?.handSize ?? '<none>',
          queuing?.queueLengthLimit ?? '<none>',
          ageOf(level, context),
        ],
      };
    },
  },
});
