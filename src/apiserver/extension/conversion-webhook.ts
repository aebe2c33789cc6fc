// Conversion of custom resources by a webhook: reviews in the form of upstream, and the checks of what comes back.
// Upstream: k8s.io/apiextensions-apiserver/pkg/apiserver/conversion/webhook_converter.go.
import type { CustomResourceDefinition } from '#types/apiextensions.k8s.io_v1';
import type { Random } from '../../api/clock.ts';
import { goQuote } from '../../api/go-text.ts';
import { isJsonObject } from '../../api/json-object.ts';
import { type Json, type JsonObject, type KubeObject, parseApiVersion } from '../../api/object.ts';
import { ApiError, failure } from '../../api/status.ts';
import type { WebhookClient } from '../webhooks/webhook-client.ts';
import { restoredMetadata } from './converted-metadata.ts';

const timeoutMs = 30_000;
const group = 'apiextensions.k8s.io';

/** Converts objects of one definition, all to the same version. Rejects with ApiError. */
export type WebhookConversion = (objects: readonly KubeObject[], apiVersion: string) => Promise<KubeObject[]>;

function kindText({ apiVersion, kind }: KubeObject): string {
  const { group: of, version } = parseApiVersion(apiVersion ?? '') ?? { group: '', version: '' };
  return `${of}/${version}, Kind=${kind}`;
}

function convertedOf(answer: JsonObject, uid: string, version: string): Json[] {
  const { apiVersion, kind } = answer;
  if (kind !== 'ConversionReview' || (apiVersion !== `${group}/v1` && apiVersion !== `${group}/v1beta1`))
    throw new Error(
      `no kind ${goQuote(String(kind ?? ''))} is registered for version ${goQuote(String(apiVersion ?? ''))} in scheme "pkg/runtime/scheme.go:111"`,
    );
  if (version === 'v1' && (apiVersion !== `${group}/v1` || kind !== 'ConversionReview')) {
    const got = parseApiVersion(String(apiVersion ?? ''));
    throw new Error(
      `expected webhook response of ${group}/v1, Kind=ConversionReview, got ${got?.group ?? ''}/${got?.version ?? ''}, Kind=${String(kind ?? '')}`,
    );
  }
  const { response } = answer;
  if (!isJsonObject(response)) throw new Error('no response provided');
  if (version === 'v1' && response['uid'] !== uid)
    throw new Error(`expected response.uid=${goQuote(uid)}, got ${goQuote(String(response['uid'] ?? ''))}`);
  const result = isJsonObject(response['result']) ? response['result'] : {};
  const status = String(result['status'] ?? '');
  if (status !== 'Success')
    throw new Error(
      String(result['message'] || '') || `response.result.status was '${status}', not 'Success'`,
    );
  return Array.isArray(response['convertedObjects']) ? response['convertedObjects'] : [];
}

/** How upstream says which object is wrong: one that was asked for alone is not counted, but for its version and kind. */
function placeOf(index: number, count: number): { typed: string; object: string; metadata: string } {
  if (count === 1)
    return {
      typed: 'returned invalid object at index 0',
      object: 'returned invalid object',
      metadata: 'returned invalid metadata',
    };
  const object = `returned invalid converted object at index ${index}`;
  return { typed: object, object, metadata: `returned invalid metadata in object at index ${index}` };
}

/** The converted object with the metadata of the original but for labels and annotations. Throws Error with upstream's texts. */
function checked(
  original: KubeObject,
  converted: Json | undefined,
  apiVersion: string,
  place: ReturnType<typeof placeOf>,
): KubeObject {
  if (!isJsonObject(converted)) throw new Error(`${place.typed}: Object 'Kind' is missing`);
  if (converted['apiVersion'] !== apiVersion)
    throw new Error(
      `${place.typed}: invalid groupVersion (expected ${apiVersion}, received ${String(converted['apiVersion'] ?? '')})`,
    );
  if (converted['kind'] !== original.kind)
    throw new Error(
      `${place.typed}: invalid kind (expected ${original.kind}, received ${String(converted['kind'] ?? '')})`,
    );
  const { metadata } = converted;
  const given = isJsonObject(metadata) ? metadata : {};
  for (const [field, name] of [
    ['name', 'name'],
    ['namespace', 'namespace'],
    ['uid', 'UID'],
  ] as const) {
    const before = original.metadata[field] ?? '';
    const after = typeof given[field] === 'string' ? given[field] : '';
    if (before !== after)
      throw new Error(`${place.object}: must have the same ${name}: ${before} != ${after}`);
  }
  try {
    const kept = restoredMetadata(original.metadata, metadata);
    return { ...converted, metadata: kept } as unknown as KubeObject;
  } catch (error) {
    throw new Error(`${place.metadata}: ${(error as Error).message}`, { cause: error });
  }
}

/** The conversion of a definition whose strategy is Webhook. */
export function webhookConversion(
  { spec }: CustomResourceDefinition,
  client: WebhookClient,
  random: Random,
): WebhookConversion {
  const webhook = spec.conversion!.webhook!;
  const version = webhook.conversionReviewVersions?.find((name) => name === 'v1' || name === 'v1beta1');
  return async (objects, apiVersion) => {
    if (objects.length === 0) return [];
    const kind = kindText(objects[0]!);
    try {
      if (version === undefined) throw new Error('no supported conversion review versions');
      const uid = random.uuid();
      const answer = await client
        .call(
          webhook.clientConfig ?? {},
          {
            kind: 'ConversionReview',
            apiVersion: `${group}/${version}`,
            request: { uid, desiredAPIVersion: apiVersion, objects: objects as unknown as Json[] },
          },
          timeoutMs,
        )
        .catch((error: unknown) => {
          throw new Error(`failed: ${(error as Error).message}`);
        });
      let converted: Json[];
      try {
        converted = convertedOf(answer, uid, version);
      } catch (error) {
        throw new Error(`failed: ${(error as Error).message}`);
      }
      if (converted.length !== objects.length)
        throw new Error(`returned ${converted.length} objects, expected ${objects.length}`);
      return objects.map((object, i) =>
        checked(object, converted[i], apiVersion, placeOf(i, objects.length)),
      );
    } catch (error) {
      const message = `conversion webhook for ${kind} ${(error as Error).message}`;
      throw new ApiError(failure(500, '', message), { cause: error });
    }
  };
}
