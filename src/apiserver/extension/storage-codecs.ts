// How objects of a custom resource get from one version to another on their way to and from storage.
// Upstream: crdConversionRESTOptionsGetter in k8s.io/apiextensions-apiserver/pkg/apiserver/customresource_handler.go and
// pkg/apiserver/conversion/{converter,nop_converter}.go.

import { createHash } from 'node:crypto';
import type { CustomResourceDefinition } from '#types/apiextensions.k8s.io_v1';
import { copyJson } from '../../api/json-object.ts';
import { apiVersionOf, type Json, type KubeObject, parseApiVersion } from '../../api/object.ts';
import { ApiError, failure } from '../../api/status.ts';
import type { CustomKind } from '../../kinds/custom/custom-kind.ts';
import { readCustomObject } from '../../kinds/custom/read-object.ts';
import type { StorageCodec } from '../resources.ts';
import { parseObject } from '../store/serialize.ts';
import type { WebhookConversion } from './conversion-webhook.ts';

// What a webhook converted is kept for so many states of objects.
const maxConverted = 10_000;

/** The codecs of all versions of a definition. */
export interface StorageCodecs {
  of(version: string): StorageCodec;
}

/** By what versions are read and told apart. Defaults are those of the request's version; of the stored one's only when read. */
interface Versions {
  readonly storageVersion: string;
  apiVersion(version: string): string;
  /** The object by the schema of a version: what it does not name is dropped. */
  fit(object: KubeObject, version: string): KubeObject;
  /** A stored object by the schema of the version in which it was stored. */
  asStored(bytes: Buffer): KubeObject;
}

function versionOf({ apiVersion }: KubeObject): string {
  return parseApiVersion(apiVersion ?? '')?.version ?? '';
}

function versionsOf(
  { metadata, spec }: CustomResourceDefinition,
  kinds: ReadonlyMap<string, CustomKind>,
  storageVersion: string,
): Versions {
  return {
    storageVersion,
    apiVersion: (version) => apiVersionOf(spec.group, version),
    fit(object, version) {
      const kind = kinds.get(version);
      if (kind === undefined) throw new Error(`${metadata.name} has no version ${version}`);
      return readCustomObject(kind.schema, object as unknown as Json, { stored: true });
    },
    asStored(bytes) {
      const stored = parseObject(bytes);
      const source = kinds.get(versionOf(stored));
      if (source === undefined) return stored;
      const read = readCustomObject(source.schema, stored as unknown as Json, { stored: true });
      source.schema.applyDefaults(read);
      return read;
    },
  };
}

/** Versions that differ in nothing but their name and schema. */
function renaming(versions: Versions, version: string): StorageCodec {
  const { storageVersion } = versions;
  return {
    read(bytes) {
      const stored = versions.asStored(bytes);
      return versionOf(stored) === version ? stored : renamed(versions, stored, version);
    },
    write(object) {
      const copy = copyJson(object);
      return version === storageVersion ? copy : renamed(versions, copy, storageVersion);
    },
  };
}

function renamed(versions: Versions, object: KubeObject, version: string): KubeObject {
  return versions.fit({ ...object, apiVersion: versions.apiVersion(version) }, version);
}

/**
 * Tells one state of an object from all others. Its resourceVersion alone does not: a watcher that it leaves sees its last state
 * with the revision of the next.
 */
function stateKey(stored: Buffer): string {
  return createHash('sha1').update(stored).digest('base64');
}

/** Versions that a webhook converts. It is asked in the preparations. */
function converting(versions: Versions, version: string, convert: WebhookConversion): StorageCodec {
  const { storageVersion } = versions;
  const incoming = new Map<string, KubeObject>();
  const outgoing = new WeakMap<KubeObject, KubeObject>();
  const unprepared = ({ metadata }: KubeObject): ApiError =>
    new ApiError(failure(500, '', `${metadata.name} was not converted to ${version}`));
  return {
    read(bytes) {
      const stored = versions.asStored(bytes);
      if (versionOf(stored) === version) return stored;
      const found = incoming.get(stateKey(bytes));
      if (found === undefined) throw unprepared(stored);
      return versions.fit(copyJson(found), version);
    },
    async prepareRead(stored) {
      const wanted = stored
        .map((bytes) => ({ key: stateKey(bytes), object: versions.asStored(bytes) }))
        .filter(({ key, object }) => versionOf(object) !== version && !incoming.has(key));
      if (wanted.length === 0) return;
      const objects = wanted.map(({ object }) => object);
      const results = await convert(objects, versions.apiVersion(version));
      if (incoming.size > maxConverted) incoming.clear();
      for (const [i, { key }] of wanted.entries()) incoming.set(key, results[i]!);
    },
    write(object) {
      if (version === storageVersion) return copyJson(object);
      const found = outgoing.get(object);
      if (found === undefined) throw unprepared(object);
      return versions.fit(copyJson(found), storageVersion);
    },
    async prepareWrite(object) {
      if (version === storageVersion) return;
      const [result] = await convert([copyJson(object)], versions.apiVersion(storageVersion));
      outgoing.set(object, result!);
    },
  };
}

/** Makes the codecs of a definition's versions; without a webhook their objects are only renamed. */
export function storageCodecs(
  crd: CustomResourceDefinition,
  kinds: ReadonlyMap<string, CustomKind>,
  storageVersion: string,
  webhook: WebhookConversion | undefined,
): StorageCodecs {
  const versions = versionsOf(crd, kinds, storageVersion);
  const codecs = new Map(
    [...kinds.keys()].map((version) => [
      version,
      webhook ? converting(versions, version, webhook) : renaming(versions, version),
    ]),
  );
  return {
    of: (version) => codecs.get(version)!,
  };
}
