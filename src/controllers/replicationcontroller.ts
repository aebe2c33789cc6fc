// Runs the pods of ReplicationControllers, by the engine of ReplicaSets.
// Upstream: k8s.io/kubernetes/pkg/controller/replication/replication_controller.go.
import type { ReplicationController } from '#types/core_v1';
import { selectorOfLabels } from '../api/label-selector.ts';
import { replicationControllers } from '../client/resources.ts';
import { defineController } from './define-controller.ts';
import { replicaController } from './replicaset/engine.ts';
import type { ReplicaKind } from './replicaset/replica-kind.ts';

const kind: ReplicaKind<ReplicationController> = {
  resource: replicationControllers,
  selectorOf: (controller) => selectorOfLabels(controller.spec.selector),
  countsTerminating: false,
};

/** Keys are ReplicationControllers. */
export const replicationController = defineController({
  name: 'replicationcontroller-controller',
  eventSource: 'replication-controller',
  setup: (context) => replicaController(kind, context),
});
