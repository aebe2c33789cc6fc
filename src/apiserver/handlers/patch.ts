// PATCH of an object or a subresource that is stored with it.
// Upstream: k8s.io/apiserver/pkg/endpoints/handlers/patch.go.
import { notFound } from '../../api/status.ts';
import { toStored } from '../encoding/body.ts';
import { ensureNamespace } from './create.ts';
import type { Handler } from './handler.ts';
import { dedupOwnerReferences } from './owner-references.ts';
import { applyPatch } from './patch-body.ts';
import { patchRequestOf } from './patch-request.ts';
import { ensureName, runUpdate } from './update.ts';

/** Changes an object by a patch. */
export const patchHandler: Handler = async (exchange, resource, context) => {
  const options = patchRequestOf(exchange);
  const { namespace, name } = exchange.info;
  await runUpdate(exchange, resource, context, { dryRun: options.dryRun }, (current) => {
    if (current === undefined) throw notFound(resource.groupResource, name);
    const served = resource.conversion ? resource.conversion.fromStorage(current) : current;
    const patched = applyPatch(exchange, served, resource.definition.typeRef, options.fieldValidation);
    ensureNamespace(resource, patched, namespace);
    ensureName(patched, name);
    dedupOwnerReferences(patched, exchange);
    return toStored(resource, patched);
  });
};
