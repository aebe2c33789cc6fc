// Where kinds of the groups besides core, apps and batch (and PersistentVolumes) answer otherwise than the recorded 1.28, on
// purpose, and why.

const labelText = '1.36 words the faults of label keys and values anew, and sorts them';
const valuesAsJson = '1.36 prints bad values as JSON';
const noBeta = 'flowcontrol v1beta3 is not served by 1.36';
const maxReplicas = '1.36 requires maxReplicas and an API group in scaleTargetRef';
const oneFault = '1.36 reports a missing driver name once';
const phaseTime = '1.36 writes status.lastPhaseTransitionTime';
const attributesColumn = '1.36 has a column VolumeAttributesClass';

const reasons: Readonly<Record<string, readonly string[]>> = {
  [labelText]: [
    'validation/persistentvolume-bad-metadata',
    'validation/customresourcedefinition-bad-metadata',
    'validation/apiservice-bad-metadata',
    'validation/ingressclass-bad-metadata',
    'validation/storageclass-bad-metadata',
    'validation/csidriver-bad-metadata',
    'validation/csinode-bad-metadata',
    'validation/hpa-v1-bad-metadata',
    'validation/runtimeclass-bad-metadata',
    'validation/validatingwebhookconfiguration-bad-metadata',
    'validation/mutatingwebhookconfiguration-bad-metadata',
    'validation/certificatesigningrequest-bad-metadata',
  ],
  [valuesAsJson]: [
    'validation/persistentvolume-empty',
    'validation/ingress-empty',
    'validation/ingress-empty-b',
    'validation/poddisruptionbudget-pct',
    'validation/poddisruptionbudget-pct120',
    'validation/mutatingwebhookconfiguration-arv',
    'validation/certificatesigningrequest-empty',
    'validation/certificatesigningrequest-badpem',
    'validation/customresourcedefinition-dupversion',
    'validation/customresourcedefinition-put-scope',
    'validation/volumeattachment-put-spec',
  ],
  [noBeta]: [
    'validation/flowschema-unknown-strict',
    'validation/flowschema-empty',
    'validation/flowschema-prec-high',
    'validation/prioritylevelconfiguration-type',
    'validation/prioritylevelconfiguration-queuing',
    'validation/prioritylevelconfiguration-nolimited',
    'validation/prioritylevelconfiguration-put-type',
    'defaulting/min-flowschema',
    'defaulting/min-prioritylevelconfiguration',
    'defaulting/flowschema-rules',
    'defaulting/prioritylevelconfiguration-exempt',
    'tables/flowschema-get',
    'tables/prioritylevelconfiguration-get',
  ],
  [maxReplicas]: [
    'validation/hpa-v1-empty',
    'validation/hpa-v1-empty-spec',
    'validation/hpa-v2-empty',
    'validation/hpa-v1-noref',
  ],
  [oneFault]: ['validation/volumeattachment-empty', 'validation/volumeattachment-empty-spec'],
  [phaseTime]: [
    'defaulting/min-persistentvolume',
    'defaulting/persistentvolume-local',
    'defaulting/persistentvolume-rbd',
  ],
  [attributesColumn]: ['tables/persistentvolumeclaim-get', 'tables/persistentvolume-get'],
  '1.36 words a bad CIDR anew': ['validation/networkpolicy-cidr'],
  '1.36 calls the provisioner immutable': ['validation/storageclass-put-provisioner'],
  '1.36 reports approval and denial together at the list of conditions': ['subresources/csr-approve-deny'],
  '1.36 puts the name of the resource before its target': ['tables/hpa-v2-get'],
};

/** By `group/case`. */
export const groupDeviations: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(reasons).flatMap(([reason, cases]) => cases.map((name) => [name, reason])),
);
