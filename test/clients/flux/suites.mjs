// Which of Flux's own test suites are run, and what they are run without.
import { join } from 'node:path';

const second = 'fails, wherever it runs, when a second ends within it';
const deadline = 'fails, wherever it runs, when its last poll falls upon its deadline';
const poll = 'a last poll that falls upon its deadline';
const openBao = 'OpenBao, in a container';
const network = 'registries and hosts of the internet';

// Kinds of these are needed by the suites of others too.
const source = {
  path: 'github.com/fluxcd/source-controller',
  version: 'v1.9.6',
  sum: 'h1:nG534/bI6nVpyHra7ONAk6xDB3xPsVT+EOLHZHXPrrc=',
};
const reflector = {
  path: 'github.com/fluxcd/image-reflector-controller',
  version: 'v1.2.4',
  sum: 'h1:pBC8XOgLXt3VaTzp9k2fYpuR3FFEnZRZBkuSfnGxPhM=',
};
const bases = 'config/crd/bases';

/**
 * What Flux's controllers apply, watch and own through. `atLeast`: so many tests pass, or something was not run; `skip` has tests
 * that are left out, by the reason why; `again`: why what failed is run once more.
 */
export const libraries = [
  {
    path: 'github.com/fluxcd/pkg/ssa',
    version: 'v0.78.0',
    sum: 'h1:Wzm9uoYLDUCRV2SlJuBLkOQu/OnPKuTWyTzIFZbpVfY=',
    suites: [
      {
        folder: '.',
        atLeast: 204,
        skip: {
          'TestWaitForSet_JobWithTTL/NotFound_Job_without_TTL_option_is_treated_as_error': deadline,
        },
      },
      { folder: 'jsondiff', atLeast: 115 },
    ],
  },
  {
    path: 'github.com/fluxcd/pkg/runtime',
    version: 'v0.110.3',
    sum: 'h1:HbuLRPOVwacKCMx8wDnhTQEHC+R7aE7BGWwu+56alss=',
    suites: [
      { folder: 'acl', atLeast: 7 },
      { folder: 'cel', atLeast: 109 },
      { folder: 'client', atLeast: 47 },
      { folder: 'controller', atLeast: 41 },
      { folder: 'events', atLeast: 7 },
      {
        folder: 'patch',
        atLeast: 31,
        skip: {
          'TestPatchHelper/Should_patch_conditions/on_a_testdata.Fake_object/should_not_return_an_error_if_there_is_an_unresolvable_conflict_but_the_conditions_is_owned_by_the_controller':
            second,
          'TestPatchHelper/Should_patch_conditions/on_a_testdata.Fake_object/should_not_return_an_error_if_there_is_an_unresolvable_conflict_when_force_overwrite_is_enabled':
            second,
        },
      },
      { folder: 'secrets', atLeast: 170 },
    ],
  },
  {
    path: 'github.com/fluxcd/pkg/kustomize',
    version: 'v1.35.6',
    sum: 'h1:1vLzLs2o6EodFOFzrpjl8cYsgmhjqs1iEpGk8nOfstU=',
    suites: [{ folder: '.', atLeast: 70 }],
  },
];

/**
 * The controllers, and what brings the libraries of clouds with it: compiling them takes ten minutes. `definitions`: of which
 * modules, and where they go; `replace`: dependencies whose published version cannot be had.
 */
export const controllers = [
  {
    path: 'github.com/fluxcd/pkg/auth',
    version: 'v0.54.3',
    sum: 'h1:p0KyQHk9kdBwOnkChkuK8gGaaze0KHO0xFGk/iKd4Ek=',
    suites: [
      { folder: '.', atLeast: 90 },
      { folder: 'generic', atLeast: 13 },
    ],
  },
  {
    path: 'github.com/fluxcd/kustomize-controller',
    version: 'v1.9.5',
    sum: 'h1:/XY2zy3K7fntyppEXIHG7oRMzmfgIt50eJzUfaPX1Kc=',
    definitions: { folder: bases, of: [source] },
    suites: [
      {
        folder: 'internal/controller',
        atLeast: 176,
        again: poll,
        skip: {
          TestKustomizationReconciler_Decryptor: openBao,
          TestKustomizationReconciler_WaitsForCustomHealthChecks: deadline,
          'TestKustomizationReconciler_HealthCheckExprs_GroupOnly/reports_unhealthy_when_one_kind_stops_satisfying_the_group_expression':
            deadline,
        },
      },
    ],
  },
  {
    path: 'github.com/fluxcd/helm-controller',
    version: 'v1.6.4',
    sum: 'h1:u/Ew7LehrwDQaE/NqWdaB3XnNDCxRGDcp1FZl7RKj4g=',
    definitions: { folder: 'build/config/crd/bases', of: [source] },
    suites: [
      { folder: 'internal/controller', atLeast: 115 },
      {
        folder: 'internal/controller_test',
        atLeast: 8,
        again: 'an upgrade that a second event of its source cancels',
        skip: { TestHelmReleaseReconciler_WaitsForCustomHealthChecks: deadline },
      },
      { folder: 'internal/reconcile', atLeast: 287 },
      { folder: 'internal/action', atLeast: 166 },
    ],
  },
  {
    ...source,
    replace: [
      'github.com/fluxcd/pkg/artifact=github.com/fluxcd/pkg/artifact@v0.18.1',
      'github.com/fluxcd/pkg/helmtestserver=github.com/fluxcd/pkg/helmtestserver@v0.40.1',
    ],
    suites: [
      {
        folder: 'internal/controller',
        atLeast: 529,
        again: 'registries that are asked before they listen',
        skip: {
          'TestHelmChartReconciler_buildFromTarballArtifact/Resolves_chart_dependencies_and_builds': network,
          TestHelmChartRepository_reconcileSource_verifyOCISourceSignature_keyless: network,
          'TestHelmChartReconciler_reconcileSourceFromOCI_verifySignatureCosign/unsigned_charts_should_not_pass_keyless_verification':
            network,
          'TestHelmRepositoryReconciler_reconcileSource/HTTPS_with_certSecretRef_non-matching_CA_succeeds_via_system_CA_pool':
            network,
          'TestOCIRepository_reconcileSource_authStrategy/with_contextual_login_provider': network,
          TestOCIRepository_reconcileSource_verifyOCISourceSignatureCosign: network,
          TestOCIRepository_reconcileSource_verifyOCISourceSignature_keyless: network,
        },
      },
    ],
  },
  {
    path: 'github.com/fluxcd/source-watcher/v2',
    version: 'v2.2.3',
    sum: 'h1:50kpO1U+7tj9s+n6onf59vTpsiOC6y20SELNqa3w170=',
    definitions: { folder: bases, of: [source] },
    suites: [
      { folder: 'internal/controller', atLeast: 66 },
      { folder: 'internal/controller_test', atLeast: 5 },
    ],
  },
  {
    path: 'github.com/fluxcd/notification-controller',
    version: 'v1.9.3',
    sum: 'h1:vBONN/Lx5aQ2nDnJxYp5Sb0Wsgh13UbuP5A1MK4dmkY=',
    definitions: { folder: bases, of: [source] },
    suites: [{ folder: 'internal/controller', atLeast: 51 }],
  },
  {
    ...reflector,
    replace: ['github.com/fluxcd/pkg/artifact=github.com/fluxcd/pkg/artifact@v0.18.1'],
    suites: [
      {
        folder: 'internal/controller',
        atLeast: 124,
        skip: {
          TestImagePolicyReconciler_ignoresImageRepoNotReadyEvent: network,
          TestImagePolicyReconciler_imageRepoRevisionLifeCycle: network,
          TestImagePolicyReconciler_intervalBasedReconciliation: network,
          TestImagePolicyReconciler_reconcileRequestStatus: network,
          TestImageRepositoryReconciler_canonicalImageName: network,
          TestImageRepositoryReconciler_reconcileRequestStatus: network,
          TestImageRepositoryReconciler_ScanPublicRepos: network,
        },
      },
    ],
  },
  {
    path: 'github.com/fluxcd/image-automation-controller',
    version: 'v1.2.4',
    sum: 'h1:uYtQq2kUb02q6fJE6zT/NdAPLTPLZUOIVp+JGFslW+M=',
    definitions: { folder: 'internal/controller/testdata/crds', of: [source, reflector] },
    suites: [{ folder: 'internal/controller', atLeast: 60 }],
  },
  {
    path: 'github.com/controlplaneio-fluxcd/flux-operator',
    version: 'v0.58.0',
    sum: 'h1:7fbGeGRzp7sEwfg7jjc3a3bJvMYTAgPv+hl5qf9SBxo=',
    replace: [
      'github.com/google/go-containerregistry/pkg/authn/kubernetes=github.com/google/go-containerregistry/pkg/authn/kubernetes@v0.0.0-20260224031529-85f2bf5f7303',
    ],
    suites: [
      {
        folder: 'internal/controller',
        atLeast: 211,
        skip: {
          TestFluxInstanceArtifactReconciler: network,
          TestFluxInstanceReconciler_LifeCycle: network,
          TestResourceSetInputProviderReconciler_GitTag_LifeCycle: network,
          TestResourceSetInputProviderReconciler_GitLabBranch_LifeCycle: network,
          TestResourceSetInputProviderReconciler_GitHubPullRequest_LifeCycle: network,
          TestResourceSetInputProviderReconciler_FailureRecovery: network,
          TestResourceSetInputProviderReconciler_SkipExportedInputsUpdate_LifeCycle: network,
          TestResourceSetInputProviderReconciler_OCIArtifactTag_LifeCycle: network,
          TestResourceSetInputProviderReconciler_SuccessfullyFetchesSecret: network,
        },
      },
      { folder: 'cmd/cli', atLeast: 505, skip: { TestPatchInstanceCmd_Mock: 'who is logged in at GitHub' } },
    ],
  },
];

/** Where a module's copy is. */
export function copyOf(copies, { path, version }) {
  return join(copies, `${path.replaceAll('/', '-')}-${version}`);
}

/** Where a compiled suite is. */
export function programOf(copies, module, folder) {
  const name = folder === '.' ? 'suite' : folder.replaceAll('/', '-');
  return join(copyOf(copies, module), 'compiled', `${name}.test`);
}
