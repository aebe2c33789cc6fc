// Which of Kubernetes' conformance tests are run, and which are not.

/** Run beside one another: regular expressions over the names of specifications. */
export const groups = [
  'sig-api-machinery.*(Garbage collector|Watchers|Servers with support|Discovery|server version|API priority)',
  'sig-api-machinery.*(CustomResource|FieldValidation|AdmissionPolicy|Namespace)',
  'sig-apps.* (Deployment|ReplicaSet|ReplicationController) ',
  'sig-(auth|instrumentation|architecture|cli)|sig-scheduling.*LimitRange',
];

/** Left out by name, and why. */
export const leftOut = [
  {
    reason: 'containers that really run',
    names: [
      'AdmissionWebhook',
      'CustomResourceConversionWebhook',
      'CustomResourceFieldSelectors',
      'serve a basic image',
      'mount an API token',
      'mount projected service account token',
      'ServiceAccountIssuerDiscovery',
      'Guestbook',
      'Update Demo',
      'Kubectl describe',
      'Kubectl expose',
      'Kubectl patch',
      'Kubectl logs',
    ],
  },
  {
    reason: 'controllers that are not there yet',
    names: ['exceeded quota', 'ControllerRevision', 'Certificates API'],
  },
  { reason: 'five minutes of waiting', names: ['original version has been compacted away'] },
];
