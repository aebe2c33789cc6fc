// Where this server answers otherwise than the recorded one (kube-apiserver 1.28.5), on purpose, and why. Each entry is a
// whole case; differences that every answer of 1.36 has are rules in compare.ts.
import { groupDeviations } from './deviations-groups.ts';
import { kindDeviations } from './deviations-kinds.ts';

const newer = '1.36 serves other resources and versions';
const valuesAsJson = '1.36 prints values in errors as JSON';
const badInput = '1.28 answers 500 to this bad input; here it is a 4xx with the same text';

const reasons: Readonly<Record<string, readonly string[]>> = {
  [newer]: [
    'discovery/apis',
    'discovery/api-v1',
    'discovery/gv-networking.k8s.io-v1',
    'discovery/gv-discovery.k8s.io-v1',
    'discovery/gv-storage.k8s.io-v1',
    'discovery/gv-admissionregistration.k8s.io-v1',
    'discovery/group-flowcontrol.apiserver.k8s.io',
    'discovery/gv-flowcontrol.apiserver.k8s.io-v1beta3',
    'discovery/gv-flowcontrol.apiserver.k8s.io-v1beta2',
    'discovery/api-aggregated',
    'discovery/api-aggregated-kubectl',
    'discovery/apis-aggregated',
    'discovery/apis-aggregated-kubectl',
    'discovery/apis-yaml',
    'discovery/apis-slash',
    'discovery/api-v1-slash',
    'discovery/path-root',
    'discovery/as-nobody-apis',
    'bootstrap/apiservices',
    'bootstrap/flowschemas',
    'bootstrap/prioritylevelconfigurations',
    'subresources/pod-resize-unsupported',
  ],
  'aggregated discovery v2 is there since 1.30': [
    'discovery/api-aggregated-v2',
    'discovery/api-aggregated-v2-only',
    'discovery/apis-aggregated-v2',
    'discovery/apis-aggregated-v2-only',
  ],
  '1.36 names a key without the prefix of the store': ['errors/409-uid-put', 'validation/pod-put-uid'],
  "1.36 names the account's uid in a token request, whose default expiration its manager owns": [
    'subresources/token-audience',
  ],
  '1.36 says of a scale without an object that there is no such object': ['errors/404-scale'],
  'since 1.36 impersonation has narrower ways, and other words for one without a user': [
    'errors/impersonate-group-only',
  ],
  'the version served is 1.36': [
    'discovery/path-version',
    'discovery/path-version-slash',
    'discovery/as-none-version',
    'discovery/as-nobody-version',
  ],
  'the names of start-up hooks follow 1.36': [
    'discovery/path-readyz-verbose',
    'discovery/path-livez-verbose',
    'discovery/path-healthz-verbose',
    'discovery/path-readyz-verbose-exclude-etcd',
  ],
  'the documents of 1.36 are other ones': ['discovery/path-openapi-v3', 'discovery/as-nobody-openapi-v3'],
  'the signing key is EC P-256, so tokens are ES256': ['discovery/path-well-known-openid-configuration'],
  'there are no log files to serve': ['discovery/path-logs'],
  'the bootstrap policy is that of 1.36': [
    'bootstrap/clusterroles',
    'bootstrap/clusterrolebindings',
    'bootstrap/roles',
    'bootstrap/rolebindings',
  ],
  '1.36 tells in its Lease where other API servers reach it': ['bootstrap/leases'],
  'this test runs without TLS, so there is no client authority': ['bootstrap/configmaps'],
  "Node's HTTP parser refuses methods that it does not know": ['errors/405-foo'],
  [badInput]: [
    'validation/fieldvalidation-apply-strict',
    'errors/post-with-rv',
    'errors/put-rv-bad',
    'errors/list-bad-rv',
    'errors/get-bad-rv',
    'errors/list-neg-rv',
    'errors/deleteopts-bad-kind',
    'patches/smp-nomergekey',
    'patches/smp-badpatch',
    'patches/smp-setorder-missing',
    'subresources/binding-nonode',
    'subresources/binding-badkind',
  ],
  [valuesAsJson]: [
    'errors/dryrun-bad',
    'errors/dryrun-delete-bad',
    'patches/jp-move',
    'subresources/ssar-both',
    'subresources/ssar-neither',
    'subresources/sar-name',
  ],
  '1.36 words a text that is too long otherwise': ['errors/fieldmanager-long', 'errors/too-large-configmap'],
  'an unset creationTimestamp of the template is left out, also in this text': ['patches/jp-kind'],
  'one server holds definitions and all else: its name is kube-apiserver': [
    'crds/crd-get-established',
    'crds/crd-names-conflict',
    'crds/crd-update-add-version',
  ],
  'without objects of its own a definition is gone before one can look': ['deletion/crd'],
  'the recorded server goes over properties in a random order': ['crds/cr-invalid-multi'],
  'a service port of an ingress is owned in whole since it is atomic': ['defaulting/ingress-defaultbackend'],
  'the metadata of a claim template, without a time, has nothing that can be owned': [
    'defaulting/pod-vol-ephemeral',
  ],
  'a controller that comes later tells whether an API service is available': ['tables/apiservice-list'],
  '1.36 names the metric in the targets of an autoscaler': ['tables/hpa-v1-list', 'tables/hpa-v1-state-cpu'],
  '1.36 prints a column more': ['tables/persistentvolume-list'],
  '1.36 fills in two fields more of a job': ['lists/jobfield'],
  '1.36 turns a watch from resourceVersion 0 into a watch list, whose state ends with a bookmark': [
    'watch/bookmark-rv0',
  ],
  'watch lists are on by default since 1.34': ['watch/sendinitial'],
  "tokens carry an id since 1.30, and the user's extra shows it": ['subresources/token-review-sa'],
  'the order of rules follows the order of bindings, which is random in upstream': [
    'subresources/ssrr-admin',
    'subresources/ssrr-limited',
  ],
};

/** `group/case` to the reason. */
export const deviations: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    Object.entries(reasons).flatMap(([reason, cases]) => cases.map((name) => [name, reason])),
  ),
  ...groupDeviations,
  ...kindDeviations,
};
