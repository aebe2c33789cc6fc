// All plugins, in the order in which each extension point asks them, and how much their scores count.
// Upstream: getDefaultPlugins in pkg/scheduler/apis/config/v1/default_plugins.go.
//
// Upstream's VolumeRestrictions, NodeVolumeLimits and VolumeZone have their place after NodeResourcesFit and around
// VolumeBinding, DynamicResources before DefaultPreemption, NodeDeclaredFeatures at the end.
import type { Plugin, PluginContext } from './framework.ts';
import type { WeightedPlugin } from './plugin-runner.ts';
import { createBalancedAllocation } from './plugins/balanced-allocation.ts';
import { createDefaultBinder } from './plugins/default-binder.ts';
import { createDefaultPreemption } from './plugins/default-preemption/default-preemption.ts';
import { createImageLocality } from './plugins/image-locality.ts';
import { createInterPodAffinity } from './plugins/inter-pod-affinity/inter-pod-affinity.ts';
import { createNodeAffinity } from './plugins/node-affinity.ts';
import { createNodeName } from './plugins/node-name.ts';
import { createNodePorts } from './plugins/node-ports.ts';
import { createNodeResourcesFit } from './plugins/node-resources-fit.ts';
import { createNodeUnschedulable } from './plugins/node-unschedulable.ts';
import { createPodTopologySpread } from './plugins/pod-topology-spread/pod-topology-spread.ts';
import { createPrioritySort } from './plugins/priority-sort.ts';
import { createSchedulingGates } from './plugins/scheduling-gates.ts';
import { createTaintToleration } from './plugins/taint-toleration.ts';
import { createVolumeBinding } from './plugins/volume-binding/volume-binding.ts';

/** Makes a plugin; its informers are asked for here. */
type PluginFactory = (context: PluginContext) => Plugin;

/** A new plugin is a line here. */
const factories: readonly { create: PluginFactory; weight?: number }[] = [
  { create: createSchedulingGates },
  { create: createPrioritySort },
  { create: createNodeUnschedulable },
  { create: createNodeName },
  { create: createTaintToleration, weight: 3 },
  { create: createNodeAffinity, weight: 2 },
  { create: createNodePorts },
  { create: createNodeResourcesFit, weight: 1 },
  { create: createVolumeBinding },
  { create: createPodTopologySpread, weight: 2 },
  { create: createInterPodAffinity, weight: 2 },
  { create: createDefaultPreemption },
  { create: createBalancedAllocation, weight: 1 },
  { create: createImageLocality, weight: 1 },
  { create: createDefaultBinder },
];

/** Makes the plugins. Throws when two have one name, or when not exactly one sorts the queue. */
export function createPlugins(context: PluginContext): WeightedPlugin[] {
  const plugins = factories.map(({ create, weight }) => ({ plugin: create(context), weight: weight ?? 0 }));
  const names = new Set(plugins.map(({ plugin }) => plugin.name));
  if (names.size !== plugins.length) throw new Error('two scheduler plugins have the same name');
  if (plugins.filter(({ plugin }) => plugin.isBefore).length !== 1)
    throw new Error('exactly one scheduler plugin must sort the queue');
  return plugins;
}
