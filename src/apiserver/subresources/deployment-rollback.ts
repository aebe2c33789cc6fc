// deployments/rollback of extensions/v1beta1 and apps/v1beta1: the deployment controller is asked to go back, by an annotation.
// Upstream: RollbackREST in pkg/registry/apps/deployment/storage/storage.go of kubernetes/kubernetes 1.15.
import type { DeploymentRollback } from '#types/extensions_v1beta1';
import { invalid } from '../../api/field-error.ts';
import { path } from '../../api/field-path.ts';
import { apiVersionOf, type KubeObject } from '../../api/object.ts';
import { badRequest, invalidObject, success } from '../../api/status.ts';
import { typeRefOf } from '../../kinds/registry.ts';
import { FieldErrors } from '../../kinds/validation/field-errors.ts';
import { validateAnnotations } from '../../kinds/validation/object-meta.ts';
import { writerOf } from '../apply/field-managers.ts';
import { decodeAs } from '../encoding/body.ts';
import { admitBody } from '../handlers/body-admission.ts';
import type { Handler } from '../handlers/handler.ts';
import { runPlainUpdate } from '../handlers/plain-update.ts';
import { writeOptionsOf } from '../request-options.ts';
import { sendValue } from '../respond.ts';
import type { SubresourceModule } from './subresource.ts';

const kind = 'DeploymentRollback';
const rollbackAnnotation = 'deprecated.deployment.rollback.to';

function check({ name, updatedAnnotations, rollbackTo }: DeploymentRollback): void {
  const errors = new FieldErrors();
  validateAnnotations(errors, updatedAnnotations, 'updatedAnnotations');
  if (!name) errors.required('name', 'name is required');
  const revision = rollbackTo?.revision ?? 0;
  const negative =
    revision < 0
      ? [invalid(path('rollback', 'version'), revision, 'must be greater than or equal to 0')]
      : [];
  if (!errors.empty || negative.length > 0)
    throw invalidObject({ group: 'apps', kind }, name ?? '', [...errors.list, ...negative]);
}

const create: Handler = async (exchange, resource, context) => {
  const { group, version } = resource.definition;
  const options = writeOptionsOf(exchange.query, 'CreateOptions');
  const rollback = decodeAs(
    exchange,
    typeRefOf(group, version, kind),
    apiVersionOf(group, version),
    kind,
    options.fieldValidation,
  ) as unknown as DeploymentRollback;
  check(rollback);
  const { name, updatedAnnotations, rollbackTo } = rollback;
  if (name !== exchange.info.name)
    throw badRequest('name in URL does not match name in DeploymentRollback object');
  const change = (current: KubeObject): KubeObject => {
    const annotations = {
      ...current.metadata.annotations,
      ...updatedAnnotations,
      [rollbackAnnotation]: String(rollbackTo?.revision ?? 0),
    };
    const deployment = { ...current, metadata: { ...current.metadata, annotations } };
    const writer = writerOf(exchange, options.fieldManager);
    context.store.fields.record(resource, current, deployment, { ...writer, subresource: '' });
    return deployment;
  };
  await admitBody(exchange, resource, context, {
    operation: 'CREATE',
    kind: { group, version, kind },
    object: rollback as unknown as KubeObject,
    dryRun: options.dryRun,
  });
  await runPlainUpdate(exchange, resource, context, options.dryRun, change, { bypassStrategy: true });
  const message = `rollback request for deployment ${JSON.stringify(name)} succeeded`;
  sendValue(exchange, 201, 'meta/v1.Status', { ...success(), message, code: 200 });
};

/** POST of deployments/NAME/rollback. */
export const deploymentRollbacks: readonly SubresourceModule[] = ['apps', 'extensions'].map((group) => ({
  group,
  resource: 'deployments',
  subresource: 'rollback',
  verbs: { create },
}));
