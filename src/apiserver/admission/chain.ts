// The admission steps of a server, in upstream's order.
// Upstream: AllOrderedPlugins in pkg/kubeapiserver/options/plugins.go in kubernetes/kubernetes.
import type { Clock, Random } from '../../api/clock.ts';
import type { KubeObject } from '../../api/object.ts';
import type { FeatureGates } from '../../kinds/served/feature-gates.ts';
import type { Authorizer } from '../authorization/authorizer.ts';
import type { RbacRules } from '../authorization/rbac.ts';
import { mutatingPolicies } from '../policies/mutating-policies.ts';
import { paramRights } from '../policies/param-rights.ts';
import type { ResourceOfKind } from '../policies/params.ts';
import type { PolicyLookups } from '../policies/policy-lookups.ts';
import { validatingPolicies } from '../policies/validating-policies.ts';
import type { ServedResource } from '../resources.ts';
import type { StoreDependencies } from '../store/write-context.ts';
import {
  type AdmissionWebhooksOptions,
  mutatingWebhooks,
  validatingWebhooks,
} from '../webhooks/admission-webhooks.ts';
import type { WebhookClient } from '../webhooks/webhook-client.ts';
import type { AdmissionStep } from './admission.ts';
import { claimResize } from './claim-resize.ts';
import { claimStatusRights } from './claim-status-rights.ts';
import { defaultIngressClass, defaultStorageClass } from './default-classes.ts';
import { defaultTolerations } from './default-tolerations.ts';
import { definitionRules } from './definition-rules.ts';
import { grantLimits } from './grant-limits.ts';
import { limitRanger } from './limit-ranger/limit-ranger.ts';
import { namespaceLifecycle } from './namespace-lifecycle.ts';
import { podResize } from './pod-resize.ts';
import { podSecurity } from './pod-security/pod-security.ts';
import { podTopologyLabels } from './pod-topology-labels.ts';
import { policyExpressions } from './policy-expressions.ts';
import { priorityAdmission } from './priority.ts';
import { resourceQuota } from './resource-quota/resource-quota.ts';
import { runtimeClassAdmission } from './runtime-class.ts';
import { serviceAccountAdmission } from './service-account.ts';
import {
  certificateApproval,
  certificateSigning,
  certificateSubjectRestriction,
  clusterTrustBundleAttest,
  podCertificateSigning,
} from './signer-rights.ts';
import { storageProtection } from './storage-protection.ts';
import { storedPolicy } from './stored-policies.ts';
import { taintNodes } from './taint-nodes.ts';
import { terminatingDefinition } from './terminating-definition.ts';

/** What the steps look things up in. */
export interface AdmissionLookups {
  readonly stored: (group: string, plural: string) => ServedResource;
  readonly random: Random;
  readonly clock: Clock;
  readonly authorizer: Authorizer;
  readonly rules: RbacRules;
  /** All served versions of a resource. */
  readonly versionsOf: (resource: ServedResource) => readonly ServedResource[];
  readonly resourceOfKind: ResourceOfKind;
  readonly webhookClient: () => WebhookClient;
  /** What steps write with. Called for a write, not before. */
  readonly dependencies: () => StoreDependencies;
  /** Names of steps that are left out. */
  readonly disabled: ReadonlySet<string>;
  /** Absent: the gates as they are by default. */
  readonly featureGates: FeatureGates | undefined;
}

/** The gates of steps that are not yet settled. */
const gatesOfSteps: Readonly<Record<string, string>> = {
  PodTopologyLabels: 'PodTopologyLabelsAdmission',
  ResourceClaimStatusRights: 'DRAResourceClaimGranularStatusAuthorization',
};

function isLeftOut(name: string, { disabled, featureGates }: AdmissionLookups): boolean {
  const gate = gatesOfSteps[name];
  return disabled.has(name) || (gate !== undefined && featureGates?.isEnabled(gate) === false);
}

/** The steps in order. */
export function admissionSteps(lookups: AdmissionLookups): AdmissionStep[] {
  const { stored, random, clock, authorizer, rules, dependencies } = lookups;
  const namespace = (name: string) => stored('', 'namespaces').cache!.get(`namespaces/${name}`);
  const policies: PolicyLookups = {
    configurations: (plural) => stored('admissionregistration.k8s.io', plural),
    authorizer,
    versionsOf: lookups.versionsOf,
    resourceOfKind: lookups.resourceOfKind,
    namespaceLabels: (name) => namespace(name)?.attributes().labels,
    namespace(name) {
      const found = namespace(name);
      return found && storedPolicy<KubeObject>(found);
    },
  };
  const webhooks = (plural: string): AdmissionWebhooksOptions => ({
    ...policies,
    configurations: () => policies.configurations(plural),
    client: { call: (...args) => lookups.webhookClient().call(...args) },
    random,
    clock,
  });
  const steps = [
    namespaceLifecycle(() => stored('', 'namespaces')),
    limitRanger(() => stored('', 'limitranges')),
    serviceAccountAdmission(() => stored('', 'serviceaccounts'), random),
    taintNodes,
    podSecurity({ namespaces: () => stored('', 'namespaces'), pods: () => stored('', 'pods'), clock }),
    priorityAdmission(() => stored('scheduling.k8s.io', 'priorityclasses')),
    defaultTolerations,
    defaultStorageClass(() => stored('storage.k8s.io', 'storageclasses')),
    storageProtection,
    claimResize(() => stored('storage.k8s.io', 'storageclasses')),
    runtimeClassAdmission(() => stored('node.k8s.io', 'runtimeclasses')),
    certificateApproval(authorizer),
    certificateSigning(authorizer),
    clusterTrustBundleAttest(authorizer),
    certificateSubjectRestriction,
    defaultIngressClass(() => stored('networking.k8s.io', 'ingressclasses')),
    podTopologyLabels(() => stored('', 'nodes')),
    podResize(() => stored('', 'nodes')),
    mutatingPolicies(policies),
    mutatingWebhooks(webhooks('mutatingwebhookconfigurations')),
    validatingPolicies(policies),
    validatingWebhooks(webhooks('validatingwebhookconfigurations')),
    // last: only what nothing else refuses is charged
    resourceQuota(() => stored('', 'resourcequotas'), dependencies),
  ];
  const claimRights = claimStatusRights(authorizer);
  // no plugins upstream but part of the storage of these resources: they cannot be left out
  return [
    terminatingDefinition,
    definitionRules,
    policyExpressions,
    paramRights(policies),
    podCertificateSigning(authorizer),
    ...(isLeftOut(claimRights.name, lookups) ? [] : [claimRights]),
    ...steps.filter(({ name }) => !isLeftOut(name, lookups)),
    grantLimits(authorizer, rules),
  ];
}
