// Runs the pods of ReplicaSets.
import type { ReplicaSet } from '#types/apps_v1';
import { selectorOfObject } from '../../api/label-selector.ts';
import { replicaSets } from '../../client/resources.ts';
import { defineController } from '../define-controller.ts';
import { replicaController } from './engine.ts';
import type { ReplicaKind } from './replica-kind.ts';

const kind: ReplicaKind<ReplicaSet> = {
  resource: replicaSets,
  selectorOf: (set) => selectorOfObject(set.spec.selector),
  countsTerminating: true,
};

/** Keys are ReplicaSets. */
export const replicaSetController = defineController({
  name: 'replicaset-controller',
  setup: (context) => replicaController(kind, context),
});
