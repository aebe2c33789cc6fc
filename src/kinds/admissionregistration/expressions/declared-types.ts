// The types of `request` and `namespaceObject` in expressions of admission.
// Upstream: BuildRequestType and BuildNamespaceType of k8s.io/apiserver/pkg/admission/plugin/cel/compile.go.
import {
  boolType,
  dynType,
  intType,
  listType,
  mapType,
  stringType,
  structType,
  type Type,
  timestampType,
} from '../../../api/cel/check/types.ts';

type Fields = Readonly<Record<string, Type>>;

const texts = listType(stringType);
const textMap = mapType(stringType, stringType);

/** The type of `request`. */
export const requestType = structType('kubernetes.AdmissionRequest');
/** The type of `namespaceObject`. */
export const namespaceType = structType('kubernetes.Namespace');

const kindType = structType('kubernetes.GroupVersionKind');
const resourceType = structType('kubernetes.GroupVersionResource');

/** The fields of the types, by the types' names. */
export const declaredTypes: ReadonlyMap<string, Fields> = new Map<string, Fields>([
  ['kubernetes.GroupVersionKind', { group: stringType, version: stringType, kind: stringType }],
  ['kubernetes.GroupVersionResource', { group: stringType, version: stringType, resource: stringType }],
  [
    'kubernetes.UserInfo',
    { username: stringType, uid: stringType, groups: texts, extra: mapType(stringType, texts) },
  ],
  [
    'kubernetes.AdmissionRequest',
    {
      kind: kindType,
      resource: resourceType,
      subResource: stringType,
      requestKind: kindType,
      requestResource: resourceType,
      requestSubResource: stringType,
      name: stringType,
      namespace: stringType,
      operation: stringType,
      userInfo: structType('kubernetes.UserInfo'),
      dryRun: boolType,
      options: dynType,
    },
  ],
  ['kubernetes.NamespaceSpec', { finalizers: texts }],
  [
    'kubernetes.NamespaceCondition',
    {
      status: stringType,
      type: stringType,
      lastTransitionTime: timestampType,
      message: stringType,
      reason: stringType,
    },
  ],
  [
    'kubernetes.NamespaceStatus',
    { conditions: listType(structType('kubernetes.NamespaceCondition')), phase: stringType },
  ],
  [
    'kubernetes.NamespaceMetadata',
    {
      name: stringType,
      generateName: stringType,
      namespace: stringType,
      labels: textMap,
      annotations: textMap,
      UID: stringType,
      creationTimestamp: timestampType,
      deletionGracePeriodSeconds: intType,
      deletionTimestamp: timestampType,
      generation: intType,
      resourceVersion: stringType,
      finalizers: texts,
    },
  ],
  [
    'kubernetes.Namespace',
    {
      metadata: structType('kubernetes.NamespaceMetadata'),
      spec: structType('kubernetes.NamespaceSpec'),
      status: structType('kubernetes.NamespaceStatus'),
    },
  ],
]);
