// An update that changes the stored object in place, for subresources that are not the object itself (scale, binding).
import { copyJson } from '../../api/json-object.ts';
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
 * Changes the object that the path names: `change` may change the copy that it is given first and returns it. Returns the object as
 * written, with its new resourceVersion. Throws 404, 409, 422.
 */
export async function runPlainUpdate(
  exchange: Exchange,
  resource: ServedResource,
  context: HandlerContext,
  dryRun: boolean,
  change: (object: KubeObject, current: KubeObject) => KubeObject | Promise<KubeObject>,
  { bypassStrategy = false, validate }: PlainUpdateOptions = {},
): Promise<KubeObject> {
  const { namespace, name } = exchange.info;
  const admission = context.store.admission;
  const update = {
    bypassStrategy,
    change: (current: KubeObject | undefined) => change(copyJson(current!), current!),
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
