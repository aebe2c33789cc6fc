// IngressClass: what tables cannot say.
// Upstream: k8s.io/kubernetes/pkg/apis/networking/validation/validation.go.
import type { IngressClass, IngressClassParametersReference } from '#types/networking.k8s.io_v1';
import { ofPlainType } from '../../api/field-error.ts';
import { defineKind } from '../define-kind.ts';
import { ageOf, nameOf } from '../table/ages.ts';
import { ageColumn, column, nameColumn } from '../table/columns.ts';
import { validateDomainPath } from '../validation/domain-path.ts';
import { FieldErrors } from '../validation/field-errors.ts';
import { labelName, longerThan, subdomainName } from '../validation/names.ts';
import { validateImmutable } from '../validation/numbers.ts';
import { firstGeneration, raiseGeneration } from '../validation/status-strategy.ts';
import { validateKindReference } from './path-reference.ts';

const scopes = ['Cluster', 'Namespace'];
const maxController = 250;
const defaultAnnotation = 'ingressclass.kubernetes.io/is-default-class';

function validateController(errors: FieldErrors, controller: string): void {
  const path = 'spec.controller';
  if (longerThan(controller, maxController)) errors.tooLong(path, maxController);
  validateDomainPath(errors, controller, path);
}

function validateParameters(errors: FieldErrors, parameters: IngressClassParametersReference): void {
  const path = 'spec.parameters';
  const { scope, namespace } = parameters;
  validateKindReference(errors, parameters, path);
  if (scope === undefined) errors.required(`${path}.scope`);
  else if (!scopes.includes(scope)) errors.notSupported(`${path}.scope`, ofPlainType(scope), scopes);
  else if (scope === 'Cluster') {
    if (namespace !== undefined)
      errors.forbidden(`${path}.namespace`, "`parameters.scope` is set to 'Cluster'");
  } else if (namespace === undefined)
    errors.required(`${path}.namespace`, "`parameters.scope` is set to 'Namespace'");
  else errors.invalids(`${path}.namespace`, namespace, labelName(namespace, false));
}

function validate(errors: FieldErrors, { spec }: IngressClass): void {
  validateController(errors, spec.controller ?? '');
  if (spec.parameters) validateParameters(errors, spec.parameters);
}

function parametersCell(parameters: IngressClassParametersReference | undefined): string {
  if (!parameters) return '<none>';
  const { apiGroup, kind, name } = parameters;
  return `${apiGroup === undefined ? kind : `${kind}.${apiGroup}`}/${name}`;
}

export const ingressClass = defineKind<IngressClass>({
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'IngressClass',
  metadataChecks: ['change', 'whole'],
  nameRule: subdomainName,
  setDefaults({ spec }) {
    if (spec.parameters) spec.parameters.scope ??= 'Cluster';
  },
  prepareForCreate: firstGeneration,
  validateCreate(ingressClass) {
    const errors = new FieldErrors();
    validate(errors, ingressClass);
    return errors.list;
  },
  prepareForUpdate: (ingressClass, old) => raiseGeneration(ingressClass, old),
  validateUpdate(ingressClass, old) {
    const errors = new FieldErrors();
    const { controller = '' } = ingressClass.spec;
    validateImmutable(errors, controller, old.spec.controller ?? '', 'spec.controller');
    validate(errors, ingressClass);
    return errors.list;
  },
  table: {
    columns: [
      nameColumn,
      column('Controller', 'string', 'Controller that is responsible for handling this class'),
      column('Parameters', 'string', 'A reference to a resource with additional parameters'),
      ageColumn,
    ],
    row: (ingressClass, context) => {
      const { metadata, spec } = ingressClass;
      const isDefault = metadata.annotations?.[defaultAnnotation] === 'true';
      return {
        cells: [
          isDefault ? `${nameOf(ingressClass)} (default)` : nameOf(ingressClass),
          spec.controller ?? '',
          parametersCell(spec.parameters),
          ageOf(ingressClass, context),
        ],
      };
    },
  },
});
