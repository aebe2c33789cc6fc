// A small good object of every kind that has versions which are not served by default, by `group/version/Kind`.

const template = { metadata: { labels: { app: 'a' } }, spec: { containers: [{ name: 'c', image: 'i' }] } };
const selector = { matchLabels: { app: 'a' } };
const device = { deviceClassName: 'gpu.example.com' };
const exactly = { spec: { devices: { requests: [{ name: 'a', exactly: device }] } } };
const flat = { spec: { devices: { requests: [{ name: 'a', ...device }] } } };
const slice = (devices: readonly object[]) => ({
  spec: {
    driver: 'd.example.com',
    pool: { name: 'p', generation: 1, resourceSliceCount: 1 },
    nodeName: 'n',
    devices,
  },
});
const attributes = { attributes: { model: { string: 'a' } } };
const policy = {
  spec: {
    matchConstraints: {
      resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
    },
    failurePolicy: 'Fail',
    reinvocationPolicy: 'Never',
    mutations: [{ patchType: 'JSONPatch', jsonPatch: { expression: '[JSONPatch{}]' } }],
  },
};
const candidate = {
  spec: {
    leaseName: 'l',
    binaryVersion: '1.36.0',
    emulationVersion: '1.36.0',
    strategy: 'OldestEmulationVersion',
  },
};
const taintRule = {
  spec: { deviceSelector: { driver: 'd.example.com' }, taint: { key: 'k', effect: 'NoSchedule' } },
};
const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' };
const rules = [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }];
const reference = { kind: 'Deployment', name: 'd', apiVersion: 'apps/v1' };
const ingress = { spec: { backend: { serviceName: 's', servicePort: 80 } } };

/** Without kind, apiVersion and name. */
export const samples: Readonly<Record<string, object>> = {
  'admissionregistration.k8s.io/v1alpha1/MutatingAdmissionPolicy': policy,
  'admissionregistration.k8s.io/v1alpha1/MutatingAdmissionPolicyBinding': { spec: { policyName: 'p' } },
  'admissionregistration.k8s.io/v1beta1/MutatingAdmissionPolicy': policy,
  'admissionregistration.k8s.io/v1beta1/MutatingAdmissionPolicyBinding': { spec: { policyName: 'p' } },
  'apps/v1beta1/ControllerRevision': { revision: 1, data: { a: 'b' } },
  'apps/v1beta1/Deployment': { spec: { template } },
  'apps/v1beta1/StatefulSet': { spec: { serviceName: 's', template } },
  'apps/v1beta2/ControllerRevision': { revision: 1, data: { a: 'b' } },
  'apps/v1beta2/DaemonSet': { spec: { selector, template } },
  'apps/v1beta2/Deployment': { spec: { selector, template } },
  'apps/v1beta2/ReplicaSet': { spec: { selector, template } },
  'apps/v1beta2/StatefulSet': { spec: { serviceName: 's', selector, template } },
  'autoscaling/v2beta1/HorizontalPodAutoscaler': {
    spec: {
      scaleTargetRef: reference,
      maxReplicas: 3,
      metrics: [{ type: 'Resource', resource: { name: 'cpu', targetAverageUtilization: 50 } }],
    },
  },
  'autoscaling/v2beta2/HorizontalPodAutoscaler': {
    spec: {
      scaleTargetRef: reference,
      maxReplicas: 3,
      metrics: [
        {
          type: 'Resource',
          resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } },
        },
      ],
    },
  },
  'batch/v1beta1/CronJob': {
    spec: {
      schedule: '* * * * *',
      jobTemplate: { spec: { template: { spec: { ...template.spec, restartPolicy: 'Never' } } } },
    },
  },
  'certificates.k8s.io/v1beta1/PodCertificateRequest': {
    spec: {
      signerName: 'example.com/s',
      podName: 'p',
      podUID: 'u',
      serviceAccountName: 'default',
      serviceAccountUID: 'u',
      nodeName: 'n',
      nodeUID: 'u',
      stubPKCS10Request:
        'MH8wMwIBADAAMCowBQYDK2VwAyEA+Je2p3sjR8/y79pogmLEdRpbwg6G67t9IJj0eGTrOUmgADAFBgMrZXADQQDO27cPuJvwUxBq3Pz4N/5+i+isQ+u8l3kB8PQMwGWpbRMXrbebShUlpIv/bQ39tYRB7KkWTAtbXTbgLipzqHkD',
    },
  },
  'coordination.k8s.io/v1alpha2/LeaseCandidate': candidate,
  'coordination.k8s.io/v1beta1/LeaseCandidate': candidate,
  'extensions/v1beta1/DaemonSet': { spec: { template } },
  'extensions/v1beta1/Deployment': { spec: { template } },
  'extensions/v1beta1/Ingress': ingress,
  'extensions/v1beta1/NetworkPolicy': { spec: { podSelector: {} } },
  'extensions/v1beta1/ReplicaSet': { spec: { template } },
  'internal.apiserver.k8s.io/v1alpha1/StorageVersion': { spec: {} },
  'networking.k8s.io/v1beta1/IPAddress': {
    spec: { parentRef: { resource: 'services', namespace: 'default', name: 's' } },
  },
  'networking.k8s.io/v1beta1/Ingress': ingress,
  'networking.k8s.io/v1beta1/IngressClass': { spec: { controller: 'example.com/c' } },
  'networking.k8s.io/v1beta1/ServiceCIDR': { spec: { cidrs: ['10.7.0.0/24'] } },
  'policy/v1beta1/PodDisruptionBudget': { spec: { minAvailable: 1, selector } },
  'rbac.authorization.k8s.io/v1beta1/ClusterRole': { rules },
  'rbac.authorization.k8s.io/v1beta1/ClusterRoleBinding': {
    roleRef,
    subjects: [{ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: 'u' }],
  },
  'rbac.authorization.k8s.io/v1beta1/Role': { rules },
  'rbac.authorization.k8s.io/v1beta1/RoleBinding': { roleRef },
  'resource.k8s.io/v1alpha3/DeviceTaintRule': taintRule,
  'resource.k8s.io/v1alpha3/ResourcePoolStatusRequest': { spec: { driver: 'd.example.com' } },
  'resource.k8s.io/v1beta1/DeviceClass': { spec: {} },
  'resource.k8s.io/v1beta1/ResourceClaim': flat,
  'resource.k8s.io/v1beta1/ResourceClaimTemplate': { spec: flat },
  'resource.k8s.io/v1beta1/ResourceSlice': slice([{ name: 'g', basic: attributes }]),
  'resource.k8s.io/v1beta2/DeviceClass': { spec: {} },
  'resource.k8s.io/v1beta2/DeviceTaintRule': taintRule,
  'resource.k8s.io/v1beta2/ResourceClaim': exactly,
  'resource.k8s.io/v1beta2/ResourceClaimTemplate': { spec: exactly },
  'resource.k8s.io/v1beta2/ResourceSlice': slice([{ name: 'g', ...attributes }]),
  'scheduling.k8s.io/v1alpha2/PodGroup': { spec: { schedulingPolicy: { gang: { minCount: 2 } } } },
  'scheduling.k8s.io/v1alpha2/Workload': {
    spec: { podGroupTemplates: [{ name: 'workers', schedulingPolicy: { basic: {} } }] },
  },
  'storage.k8s.io/v1beta1/VolumeAttributesClass': { driverName: 'd.example.com', parameters: { a: 'b' } },
  'storagemigration.k8s.io/v1beta1/StorageVersionMigration': {
    spec: { resource: { group: 'apps', resource: 'deployments' } },
  },
};

/** Names that a kind wants in another form than `sample`. */
export const sampleNames: Readonly<Record<string, string>> = {
  IPAddress: '10.0.0.77',
  StorageVersion: 'apps.deployments',
};
