// An update of the stored object for subresources that are not the object itself (scale, binding).
import type { KubeObject } from '../../api/object.ts';
import type { Exchange } from '../exchange.ts';
import type { ServedResource } from '../resources.ts';
import { updateObject } from '../store/update.ts';
import { type HandlerContext, writeContextOf } from './handler.ts';
import { updateRequest } from './update.ts';

/** How a change is made. */
export interface PlainUpdateOptions {
  /** The kind's own rules for users do not apply, and nobody is asked: whoever calls has asked about the body. */
  readonly bypassStrategy?: boolean;
  /** Validating admission in place of that of the object itself. */
  readonly validate?: (object: KubeObject, old: KubeObject | undefined) => Promise<void>;
}

/**
 * Changes the object that the path names: `change` returns the new object, which may share parts with the one that it is given and
 * must not change that. Returns the object as written, with its new resourceVersion. Throws 404, 409, 422.
 */
export async function runPlainUpdate(
  exchange: Exchange,
  resource: ServedResource,
  context: HandlerContext,
  dryRun: boolean,
  change: (current: KubeObject) => KubeObject | Promise<KubeObject>,
  { bypassStrategy = false, validate }: PlainUpdateOptions = {},
): Promise<KubeObject> {
  const { namespace, name } = exchange.info;
  const admission = context.store.admission;
  const update = {
    bypassStrategy,
    change: (current: KubeObject | undefined) => change(current!),
    validate: async (object: KubeObject, old: KubeObject | undefined): Promise<void> => {
      if (validate) await validate(object, old);
      else if (!bypassStrategy)
        await admission.validate(updateRequest(exchange, resource, object, old, dryRun));
    },
  };
  const { written } = await updateObject(
    resource,
    name,
    update,
    context.store,
    writeContextOf(exchange, namespace, dryRun),
  );
  return {
    ...written.object,
    metadata: { ...written.object.metadata, resourceVersion: String(written.revision) },
  };
}
