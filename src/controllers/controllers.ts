// The controllers of the cluster, in the order in which they are set up.
import type { ControllerDefinition } from './define-controller.ts';
import { deploymentController } from './deployment/controller.ts';
import { endpointsController } from './endpoints/controller.ts';
import { endpointSliceController } from './endpointslice/controller.ts';
import { garbageCollector } from './garbage-collector/controller.ts';
import { namespaceController } from './namespace/controller.ts';
import { podGarbageCollector } from './pod-garbage-collector.ts';
import { replicaSetController } from './replicaset/controller.ts';
import { replicationController } from './replicationcontroller.ts';
import { rootCaPublisher } from './root-ca-publisher.ts';
import { serviceAccountController } from './service-account.ts';
import { serviceCidrController } from './service-cidr/controller.ts';
import { attributesClassProtection } from './storage-protection/attributes-classes.ts';
import { claimProtection } from './storage-protection/claims.ts';
import { volumeProtection } from './storage-protection/volumes.ts';
import { validatingAdmissionPolicyStatus } from './validating-admission-policy-status/controller.ts';

/** Every controller. The garbage collector is last: it reads along with the informers of the others. */
export const controllers: readonly ControllerDefinition[] = [
  serviceAccountController,
  rootCaPublisher,
  namespaceController,
  podGarbageCollector,
  deploymentController,
  replicaSetController,
  replicationController,
  endpointsController,
  endpointSliceController,
  validatingAdmissionPolicyStatus,
  claimProtection,
  volumeProtection,
  attributesClassProtection,
  serviceCidrController,
  garbageCollector,
];
