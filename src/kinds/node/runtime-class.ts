// RuntimeClass: what tables cannot say. Its handler never changes.
// Upstream: k8s.io/kubernetes/pkg/apis/node/validation/validation.go.
import type { Toleration } from '#types/core_v1';
import type { RuntimeClass } from '#types/node.k8s.io_v1';
import { defineKind } from '../define-kind.ts';
import { internalJson } from '../internal-json.ts';
import { deprecatedNodeLabel } from '../pod-spec/deprecated-labels.ts';
import { validateContainerResources } from '../pod-spec/resources.ts';
import { validateTolerations } from '../pod-spec/scheduling.ts';
import { ageOf, nameOf } from '../table/ages.ts';
import { ageColumn, column, nameColumn } from '../table/columns.ts';
import { FieldErrors } from '../validation/field-errors.ts';
import { validateLabels } from '../validation/labels.ts';
import { labelName, subdomainName } from '../validation/names.ts';
import { validateImmutable } from '../validation/numbers.ts';

function validateUnique(errors: FieldErrors, tolerations: readonly Toleration[], path: string): void {
  const seen = new Set<string>();
  tolerations.forEach((toleration, i) => {
    const { key = '', operator = '', value = '', effect = '' } = toleration;
    const identity = JSON.stringify([key, operator, value, effect]);
    if (seen.has(identity)) errors.duplicate(`${path}[${i}]`, internalJson(toleration, 'Toleration'));
    seen.add(identity);
  });
}

function validate(errors: FieldErrors, { handler, overhead, scheduling }: RuntimeClass): void {
  if (!handler) errors.required('handler');
  else errors.invalids('handler', handler, labelName(handler, false));
  if (overhead)
    validateContainerResources(errors, { limits: overhead.podFixed }, new Set(), 'overhead', {
      isPod: false,
    });
  if (!scheduling) return;
  validateLabels(errors, scheduling.nodeSelector, 'scheduling.nodeSelector');
  const tolerations = scheduling.tolerations ?? [];
  validateTolerations(errors, tolerations, 'scheduling.tolerations');
  validateUnique(errors, tolerations, 'scheduling.tolerations');
}

function warnings({ scheduling }: RuntimeClass): string[] {
  return Object.keys(scheduling?.nodeSelector ?? {}).flatMap((key) => {
    const message = deprecatedNodeLabel(key);
    return message ? [`scheduling.nodeSelector: ${message}`] : [];
  });
}

export const runtimeClass = defineKind<RuntimeClass>({
  group: 'node.k8s.io',
  version: 'v1',
  kind: 'RuntimeClass',
  metadataChecks: ['change', 'whole'],
  metadataRules: 'plain',
  nameRule: subdomainName,
  validateCreate(runtimeClass) {
    const errors = new FieldErrors();
    validate(errors, runtimeClass);
    return errors.list;
  },
  warningsOnCreate: warnings,
  allowCreateOnUpdate: true,
  allowUnconditionalUpdate: false,
  validateUpdate(runtimeClass, old) {
    const errors = new FieldErrors();
    validate(errors, runtimeClass);
    validateImmutable(errors, runtimeClass.handler, old.handler, 'handler');
    return errors.list;
  },
  warningsOnUpdate: warnings,
  table: {
    // Upstream asks the wrong type for the handler's documentation and finds none.
    columns: [nameColumn, column('Handler', 'string', ''), ageColumn],
    row: (runtimeClass, context) => ({
      cells: [nameOf(runtimeClass), runtimeClass.handler, ageOf(runtimeClass, context)],
    }),
  },
});
