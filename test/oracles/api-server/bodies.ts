// Good bodies of every kind that both servers serve: those of the recorded strategies, and of the kinds that have none.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject } from '../../../src/api/object.ts';
import { packageRoot } from '../../../src/api/schema/type-table.ts';

/** An object to create, and where. */
export interface Body {
  readonly object: JsonObject;
  /** The same under a name that is free when the object is there. */
  readonly other: JsonObject;
  /** `/apis/apps/v1/namespaces/n/deployments`. */
  readonly collection: string;
  readonly kind: string;
  /** Its type in the tables: `apps/v1.Deployment`. */
  readonly type: string;
  /** Whether it can be read and changed after its creation. */
  readonly stored: boolean;
  readonly hasStatus: boolean;
}

/** The namespace of the bodies; `limited`, of those that would rule over the others. */
export const namespace = 'n';
export const limited = 'limited';
const limiting = ['LimitRange', 'ResourceQuota'];

interface Resource {
  group: string;
  version: string;
  plural: string;
  kind: string;
  namespaced: boolean;
  verbs: string[];
  subresources?: { name: string }[];
}

interface Recorded {
  object: JsonObject;
  causes?: unknown;
}

const folder = join(packageRoot(), 'test', 'golden', 'strategies');

function read(file: string): unknown {
  return JSON.parse(readFileSync(file, 'utf8'));
}

// Recorded bodies that are not good ones, or that differ from others by little.
const odd = /bad|selector-|chain|-csr-|-key-|-both-|-name-|-old/;

function hasUnknownFields(object: JsonObject): boolean {
  return JSON.stringify(object).includes('"unknown');
}

function recordedObjects(): JsonObject[] {
  const created = (read(join(folder, 'create.json')) as Recorded[])
    .filter(({ causes, object }) => causes === undefined && !hasUnknownFields(object))
    .map(({ object }) => object);
  const changed = readdirSync(join(folder, 'changed')).flatMap((file) => {
    const { bases } = read(join(folder, 'changed', file)) as { bases: Record<string, Recorded> };
    return Object.entries(bases)
      .filter(([name]) => !odd.test(name))
      .map(([, { object }]) => object);
  });
  // admission and the controller of PodGroups, whose gate is alpha, are not here
  return [...created, ...changed].filter(({ kind }) => kind !== 'PodGroup');
}

const attributes = { namespace, verb: 'get', group: 'apps', resource: 'deployments', name: 'a' };
const fields = { requirements: [{ key: 'metadata.name', operator: 'In', values: ['a'] }] };
const property = { type: 'object', properties: { a: { type: 'string', maxLength: 5 } } };
const schema = {
  type: 'object',
  properties: {
    spec: {
      type: 'object',
      required: ['size'],
      properties: {
        size: { type: 'integer', minimum: 1, default: 1 },
        words: {
          type: 'array',
          maxItems: 3,
          items: { type: 'string', maxLength: 9 },
          'x-kubernetes-list-type': 'set',
        },
        parts: {
          type: 'array',
          items: property,
          'x-kubernetes-list-type': 'map',
          'x-kubernetes-list-map-keys': ['a'],
        },
        any: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
      },
      'x-kubernetes-validations': [{ rule: 'self.size > 0', message: 'too small' }],
    },
    status: { type: 'object', properties: { replicas: { type: 'integer' }, selector: { type: 'string' } } },
  },
};

const claimSpec = {
  accessModes: ['ReadWriteOnce', 'ReadOnlyMany'],
  resources: { requests: { storage: '1Gi' }, limits: { storage: '2Gi' } },
  selector: { matchLabels: { a: 'b' }, matchExpressions: [{ key: 'c', operator: 'In', values: ['d'] }] },
  storageClassName: 'slow',
  volumeMode: 'Filesystem',
  dataSource: { apiGroup: 'snapshot.storage.k8s.io', kind: 'VolumeSnapshot', name: 's' },
};
const secretRef = { name: 's', namespace };
const volumes: readonly JsonObject[] = [
  {
    csi: {
      driver: 'd.example.com',
      volumeHandle: 'h',
      readOnly: true,
      fsType: 'ext4',
      volumeAttributes: { a: 'b' },
      controllerPublishSecretRef: secretRef,
      nodeStageSecretRef: secretRef,
    },
    nodeAffinity: {
      required: {
        nodeSelectorTerms: [{ matchExpressions: [{ key: 'zone', operator: 'In', values: ['a', 'b'] }] }],
      },
    },
    mountOptions: ['ro'],
    storageClassName: 'slow',
    volumeAttributesClassName: 'gold',
    claimRef: { kind: 'PersistentVolumeClaim', namespace, name: 'c', uid: 'u' },
  },
  { hostPath: { path: '/a', type: 'Directory' } },
  { nfs: { server: 's', path: '/a', readOnly: true } },
  {
    iscsi: {
      targetPortal: '10.0.0.1:3260',
      iqn: 'iqn.2001-04.com.example:a',
      lun: 1,
      portals: ['10.0.0.2:3260'],
    },
  },
  { fc: { targetWWNs: ['500a0982991b8dc5'], lun: 2 } },
  { flexVolume: { driver: 'example.com/a', options: { a: 'b' }, secretRef } },
  {
    local: { path: '/a' },
    nodeAffinity: {
      required: {
        nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['n'] }] }],
      },
    },
  },
];

const further: readonly JsonObject[] = [
  { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'full' }, spec: claimSpec },
  {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'plain' },
    spec: {
      accessModes: ['ReadWriteOncePod'],
      resources: { requests: { storage: '500Mi' } },
      volumeName: 'v',
    },
  },
  ...volumes.map((source, i) => ({
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: `v${i}` },
    spec: {
      capacity: { storage: '1Gi' },
      accessModes: ['ReadWriteOnce'],
      persistentVolumeReclaimPolicy: 'Retain',
      ...source,
    },
  })),
  {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: 'e' },
    involvedObject: { apiVersion: 'v1', kind: 'Pod', namespace, name: 'p', uid: 'u', fieldPath: 'spec' },
    reason: 'r',
    message: 'm',
    source: { component: 'c', host: 'h' },
    firstTimestamp: '2020-01-02T03:04:05Z',
    lastTimestamp: '2020-01-02T03:04:05Z',
    count: 2,
    type: 'Normal',
  },
  {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'things.example.com' },
    spec: {
      group: 'example.com',
      scope: 'Namespaced',
      names: { plural: 'things', kind: 'Thing', shortNames: ['th'], categories: ['all'] },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: { openAPIV3Schema: schema },
          subresources: {
            status: {},
            scale: {
              specReplicasPath: '.spec.size',
              statusReplicasPath: '.status.replicas',
              labelSelectorPath: '.status.selector',
            },
          },
          additionalPrinterColumns: [{ name: 'Size', type: 'integer', jsonPath: '.spec.size' }],
          selectableFields: [{ jsonPath: '.spec.size' }],
        },
      ],
    },
  },
  {
    apiVersion: 'apiregistration.k8s.io/v1',
    kind: 'APIService',
    metadata: { name: 'v1.metrics.example.com' },
    spec: {
      group: 'metrics.example.com',
      version: 'v1',
      service: { namespace, name: 'a', port: 443 },
      groupPriorityMinimum: 100,
      versionPriority: 10,
      insecureSkipTLSVerify: true,
    },
  },
  {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SubjectAccessReview',
    spec: {
      user: 'a',
      groups: ['b'],
      extra: { c: ['d'] },
      resourceAttributes: { ...attributes, fieldSelector: fields, labelSelector: fields },
    },
  },
  {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SubjectAccessReview',
    spec: { user: 'a', nonResourceAttributes: { path: '/healthz', verb: 'get' } },
  },
  {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    spec: { resourceAttributes: attributes },
  },
  {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'LocalSubjectAccessReview',
    metadata: { namespace },
    spec: { user: 'a', resourceAttributes: attributes },
  },
  { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec: { token: 'a', audiences: ['b'] } },
  { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' },
];

/** The object; webhooks among them are asked for nothing, and no service gets an address of a further range. */
function asleep(object: JsonObject): JsonObject {
  const { webhooks, kind, spec } = object;
  if (kind === 'ServiceCIDR')
    return { ...object, spec: { ...(spec as JsonObject), cidrs: ['2001:db8:7::/64'] } };
  if (!Array.isArray(webhooks)) return object;
  const matchConditions = [{ name: 'never', expression: 'false' }];
  return {
    ...object,
    webhooks: webhooks.map((webhook) => ({ ...(webhook as JsonObject), matchConditions })),
  };
}

// Names that are part of the object elsewhere too.
const words: Readonly<Record<string, readonly [string, string]>> = {
  CustomResourceDefinition: ['thing', 'word'],
  APIService: ['metrics', 'numbers'],
  // not in the range of services
  IPAddress: ['10.0.0', '10.9.0'],
};

function renamed(object: JsonObject): JsonObject {
  const [from, to] = words[object['kind'] as string] ?? [];
  if (from && to) return JSON.parse(JSON.stringify(object).replace(new RegExp(from, 'gi'), to)) as JsonObject;
  const { name, ...metadata } = object['metadata'] as JsonObject;
  return name ? { ...object, metadata: { ...metadata, name: `${name}2` } } : object;
}

function body(object: JsonObject, resources: readonly Resource[]): Body | undefined {
  const [version, group = ''] = (object['apiVersion'] as string).split('/').reverse() as [string, string?];
  const resource = resources.find(
    (known) => known.group === group && known.version === version && known.kind === object['kind'],
  );
  if (resource === undefined) return undefined;
  const inside = limiting.includes(resource.kind) ? limited : namespace;
  const place = resource.namespaced ? `/namespaces/${inside}` : '';
  const { name, labels, annotations } = (object['metadata'] ?? {}) as JsonObject;
  const metadata: JsonObject = {
    ...(name && { name }),
    ...(labels && { labels }),
    ...(annotations && { annotations }),
  };
  if (resource.namespaced) metadata['namespace'] = inside;
  const facts = group === '' ? 'core' : group;
  // the status of an APIService is written by controllers inside kube-apiserver
  const stored = resource.verbs.includes('get') && resource.kind !== 'APIService';
  const made: JsonObject = { ...asleep(object), metadata };
  return {
    object: made,
    other: renamed(made),
    collection: `${group === '' ? '/api' : `/apis/${group}`}/${version}${place}/${resource.plural}`,
    kind: resource.kind,
    type: `${facts}/${version}.${resource.kind}`,
    stored,
    hasStatus: stored && (resource.subresources?.some((known) => known.name === 'status') ?? false),
  };
}

/** The bodies, one for each name of a resource. */
export function goodBodies(): Body[] {
  const { resources } = read(join(packageRoot(), 'openapi', 'resources.json')) as { resources: Resource[] };
  const known = new Map<string, Body>();
  for (const object of [...recordedObjects(), ...further]) {
    const made = body(object, resources);
    if (made === undefined) continue;
    const { name } = made.object['metadata'] as JsonObject;
    const key = name ? `${made.collection}/${name}` : JSON.stringify(object);
    if (!known.has(key)) known.set(key, made);
  }
  return [...known.values()];
}
