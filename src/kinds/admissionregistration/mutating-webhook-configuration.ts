// MutatingWebhookConfiguration: what tables cannot say.
// Upstream: k8s.io/kubernetes/pkg/registry/admissionregistration/mutatingwebhookconfiguration/strategy.go.
import { isDeepStrictEqual } from 'node:util';
import type { MutatingWebhookConfiguration } from '#types/admissionregistration.k8s.io_v1';
import { defineKind } from '../define-kind.ts';
import { ageOf, nameOf } from '../table/ages.ts';
import { ageColumn, column, nameColumn } from '../table/columns.ts';
import { FieldErrors } from '../validation/field-errors.ts';
import { subdomainName } from '../validation/names.ts';
import { firstGeneration, raiseGeneration } from '../validation/status-strategy.ts';
import { staticNameWarnings } from './static-names.ts';
import { setWebhookDefaults, validateWebhooks } from './webhook-rules.ts';

export const mutatingWebhookConfiguration = defineKind<MutatingWebhookConfiguration>({
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'MutatingWebhookConfiguration',
  metadataChecks: ['whole'],
  metadataRules: 'plain',
  nameRule: subdomainName,
  setDefaults({ webhooks }) {
    setWebhookDefaults(webhooks);
    for (const hook of webhooks ?? []) hook.reinvocationPolicy ??= 'Never';
  },
  prepareForCreate: firstGeneration,
  validateCreate({ webhooks }) {
    const errors = new FieldErrors();
    validateWebhooks(errors, webhooks);
    return errors.list;
  },
  warningsOnCreate: staticNameWarnings,
  allowUnconditionalUpdate: false,
  prepareForUpdate: (configuration, old) =>
    raiseGeneration(configuration, old, ['webhooks'], isDeepStrictEqual),
  validateUpdate({ webhooks }, old) {
    const errors = new FieldErrors();
    validateWebhooks(errors, webhooks, old.webhooks ?? []);
    return errors.list;
  },
  warningsOnUpdate: staticNameWarnings,
  table: {
    columns: [
      nameColumn,
      column(
        'Webhooks',
        'integer',
        'Webhooks indicates the number of webhooks registered in this configuration',
      ),
      ageColumn,
    ],
    row: (configuration, context) => ({
      cells: [nameOf(configuration), configuration.webhooks?.length ?? 0, ageOf(configuration, context)],
    }),
  },
});
