// Which of Kubernetes' integration tests are run, and what they are run without.
import { chmodSync, cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const aggregation = 'API servers behind this one';
const audit = 'audit logs';
const authorizers = 'authorizers by ABAC files, webhooks and a configuration file';
const emulated = 'a server of a version before';
const etcd = 'they look into etcd';
const gangs = 'the admission step JobValidation, which is alpha';
const shards = 'ShardedListAndWatch, which is alpha';
const staticPolicies = 'ManifestBasedAdmissionControlConfig, which is alpha';
const v1beta1 = 'definitions as clusters of old stored them, in v1beta1';
const withoutCache = 'the same again with --watch-cache=false, which changes nothing here';
const webhookConfiguration = "the webhooks' own credentials of --admission-control-config-file";

/**
 * Each: a folder below test/integration; `skip` has tests that are left out, by the reason why. Tests that ask for emulated versions,
 * or put functions into the server, are skipped where they ask: see standins.
 */
export const suites = [
  {
    folder: 'apiserver',
    skip: {
      TestListOptions: etcd,
      TestHealthHandler: etcd,
      TestWatchCacheUpdatedByEtcd: etcd,
      TestHSTS: '--strict-transport-security-directives',
      TestCanaryCVE_2021_29923: 'the gate StrictIPCIDRValidation turned off',
      'TestCustomResourceValidators/CRD_writes_MUST_fail_for_a_non-structural_schema_containing_x-kubernetes-validations':
        v1beta1,
      TestHealthHandlerLoopbackServingCertificate: 'a certificate of the server for itself',
      TestServerSidePrint: 'flowcontrol.apiserver.k8s.io/v1alpha1, which is no version any more',
      TestTransform: 'two servers that count revisions together',
      TestShardedList: shards,
      TestShardedWatch: shards,
      TestShardedListByNamespace: shards,
      TestShardedListAllResources: shards,
      TestRequestObjectConvertibleToUnstructured: 'connections that break where 400 is the answer',
    },
  },
  {
    folder: 'apiserver/admissionwebhook',
    skip: {
      TestWebhookAdmissionWithoutWatchCache: withoutCache,
      TestWebhookReinvocationPolicyWithWatchCache: audit,
      TestWebhookReinvocationPolicyWithoutWatchCache: audit,
      TestWebhookTimeoutWithoutWatchCache: withoutCache,
      TestWebhookClientAuthWithAggregatorRouting: webhookConfiguration,
      TestWebhookClientAuthWithoutAggregatorRouting: webhookConfiguration,
      TestWebhookLoadBalance: 'connections to webhooks that are kept',
      TestStaticWebhookBlocksAPICreation: staticPolicies,
      TestStaticWebhookComprehensive: staticPolicies,
    },
  },
  {
    folder: 'apiserver/apply',
    skip: { TestApplyCRDNoSchema: v1beta1, TestApplyCRDUnhandledSchema: v1beta1 },
  },
  {
    folder: 'apiserver/cel',
    skip: {
      TestStaticPolicyBlocksAPICreation: staticPolicies,
      TestStaticPolicyComprehensive: staticPolicies,
      Test_ValidateAnnotationsAndWarnings: audit,
      TestAuthorizationDecisionCaching: authorizers,
    },
  },
  {
    folder: 'apiserver/discovery',
    skip: {
      TestReadinessAggregatedAPIServiceDiscovery: aggregation,
      TestAggregatedAPIServiceDiscovery: aggregation,
      'TestCRD/CRDAPIServiceOverlap': aggregation,
      'TestCRD/CRDAPIServiceSameGroupDifferentVersions': aggregation,
      TestFreshness: aggregation,
      TestGroupPriority: aggregation,
      TestPeerAggregatedDiscovery: aggregation,
      TestPeerAggregatedDiscoveryWithCRD: aggregation,
    },
  },
  {
    folder: 'apiserver/openapi',
    skip: {
      TestSlowAPIServiceOpenAPIDoesNotBlockHealthCheck: aggregation,
      TestFetchingOpenAPIBeforeReady: aggregation,
    },
  },
  {
    folder: 'certificates',
    skip: { TestCSRDuration: "metrics that upstream's server keeps in the test's process" },
  },
  {
    folder: 'client',
    skip: {
      TestClient: "the version's words, which are those of the test's own build",
      TestClientCBOREnablement: 'CBOR, which is alpha',
    },
  },
  { folder: 'configmap', skip: {} },
  { folder: 'cronjob', skip: {} },
  { folder: 'daemonset', skip: {} },
  { folder: 'deployment', skip: {} },
  {
    folder: 'disruption',
    skip: {
      'TestEmptySelector/v1beta1_should_not_target_any_pods': etcd,
      'TestSelectorsForPodsWithoutLabels/pods_with_no_labels_can_be_targeted_by_v1beta1_PDBs_with_DoesNotExist_selector':
        etcd,
    },
  },
  { folder: 'dryrun', skip: {} },
  { folder: 'dualstack', skip: {} },
  { folder: 'endpoints', skip: {} },
  { folder: 'endpointslice', skip: {} },
  { folder: 'events', skip: {} },
  { folder: 'evictions', skip: {} },
  { folder: 'garbagecollector', skip: {} },
  {
    folder: 'job',
    skip: {
      'TestDelayTerminalPhaseCondition/job_backoff_limit_exceeded;_JobPodReplacementPolicy_and_JobManagedBy_disabled':
        emulated,
      'TestDelayTerminalPhaseCondition/job_scale_down_to_meet_completions;_JobPodReplacementPolicy_and_JobManagedBy_disabled':
        emulated,
      'TestJobAdmissionParallelismUpdate/parallelism_update_blocked_for_gang-scheduled_job': gangs,
      'TestJobGangScheduling/parallelism_update_blocked': gangs,
      'TestUpdateJobPodResources/suspended_job,_feature_gate_disabled,_update_resources':
        'the gate MutablePodResourcesForSuspendedJobs turned off',
    },
  },
  { folder: 'namespace', skip: {} },
  { folder: 'network', skip: {} },
  { folder: 'podgc', skip: {} },
  {
    folder: 'pods',
    skip: { TestNodeDeclaredFeatureAdmission: 'the admission step NodeDeclaredFeatureValidator' },
  },
  {
    folder: 'quota',
    skip: { TestQuotaLimitedResourceDenial: "the quota's own settings in --admission-control-config-file" },
  },
  { folder: 'replicaset', skip: {} },
  { folder: 'replicationcontroller', skip: {} },
  { folder: 'scale', skip: {} },
  { folder: 'secrets', skip: {} },
  { folder: 'service', skip: { Test_UpgradeService: etcd } },
  { folder: 'servicecidr', skip: {} },
  { folder: 'serving', skip: {} },
  { folder: 'staleness', skip: {} },
  { folder: 'statefulset', skip: {} },
  { folder: 'storageclasses', skip: {} },
  { folder: 'storageversion', skip: {} },
  { folder: 'ttlcontroller', skip: {} },
  { folder: 'volume', skip: {} },
  { folder: 'volumescheduling', skip: {} },
];

/** Where a compiled suite is. */
export function programOf(module, folder) {
  return join(module, 'compiled', `${folder.replaceAll('/', '-')}.test`);
}

/** What stands in the place of upstream's packages that start servers inside the test's process. */
const replaced = [
  ['k8s.io/kubernetes/cmd/kube-apiserver/app/testing"', 'kubeskiff-integration/standins/apiserver"'],
  ['k8s.io/kubernetes/test/integration/', 'kubeskiff-integration/test/integration/'],
  ['k8s.io/kubernetes/test/integration"', 'kubeskiff-integration/test/integration"'],
  ['k8s.io/apiextensions-apiserver/test/integration/fixtures"', 'kubeskiff-integration/fixtures"'],
];

/** Copies what upstream wrote, from the folders of its modules, with standins in the place of some packages. */
export function copySources({ kubernetes, apiextensions }, into) {
  cpSync(join(kubernetes, 'test', 'integration'), join(into, 'test', 'integration'), { recursive: true });
  for (const file of ['resources.go', 'etcd.go'])
    cpSync(join(apiextensions, 'test', 'integration', 'fixtures', file), join(into, 'fixtures', file));
  // modules do not say what can be run
  chmodSync(join(into, 'test', 'integration', 'client', 'testdata', 'exec-plugin.sh'), 0o755);
}

/** Has the copied sources, which can be written, import the standins. */
export function useStandins(into) {
  for (const entry of readdirSync(into, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !entry.name.endsWith('.go')) continue;
    const path = join(entry.parentPath, entry.name);
    const text = readFileSync(path, 'utf8');
    const changed = replaced.reduce((source, [from, to]) => source.replaceAll(from, to), text);
    if (changed !== text) writeFileSync(path, changed);
  }
}

/** Puts the standins of the folder `own`, and its go.mod, beside the sources. */
export function copyStandins(own, into) {
  for (const file of ['go.mod', 'go.sum']) cpSync(join(own, file), join(into, file));
  const standins = join(own, 'standins');
  cpSync(join(standins, 'apiserver'), join(into, 'standins', 'apiserver'), { recursive: true });
  cpSync(join(standins, 'fixtures'), join(into, 'fixtures'), { recursive: true });
  for (const folder of ['framework', 'etcd'])
    cpSync(join(standins, folder), join(into, 'test', 'integration', folder), { recursive: true });
}
