// Likes nodes that have the pod's images already, the larger and the more common the better.
// Upstream: plugins/imagelocality/image_locality.go.
import type { PodSpec } from '#types/core_v1';
import { stateKey } from '../cycle-state.ts';
import { maxNodeScore, type Plugin, type PluginContext } from '../framework.ts';
import type { NodeInfo } from '../node-info.ts';

const name = 'ImageLocality';
const imagesKey = stateKey<readonly string[]>(`PreScore${name}`);
const megabyte = 1024 * 1024;
const least = 23 * megabyte;
const mostPerContainer = 1000 * megabyte;

function withTag(image: string): string {
  return image.lastIndexOf(':') <= image.lastIndexOf('/') ? `${image}:latest` : image;
}

/** The images of a pod, with tags. */
function imagesOf(spec: PodSpec): string[] {
  const images = [
    ...(spec.initContainers ?? []).map(({ image }) => image ?? ''),
    ...(spec.containers ?? []).map(({ image }) => image ?? ''),
    ...(spec.volumes ?? []).flatMap(({ image }) => (image ? [image.reference ?? ''] : [])),
  ];
  return images.map(withTag);
}

function presentBytes(images: readonly string[], node: NodeInfo, nodeCount: number): number {
  let sum = 0;
  for (const image of images) {
    const state = node.images.get(image);
    if (state) sum += Math.trunc(state.sizeBytes * (state.nodes / nodeCount));
  }
  return sum;
}

export function createImageLocality({ snapshot }: Pick<PluginContext, 'snapshot'>): Plugin {
  return {
    name,
    preScore(state, { pod }) {
      state.set(imagesKey, imagesOf(pod.spec));
      return undefined;
    },
    score(state, { pod }, node) {
      if (node.images.size === 0) return 0;
      const containers = (pod.spec.containers?.length ?? 0) + (pod.spec.initContainers?.length ?? 0);
      const most = mostPerContainer * containers;
      const present = presentBytes(state.get(imagesKey)!, node, snapshot.nodes.length);
      const bytes = Math.min(Math.max(present, least), most);
      return Math.trunc((maxNodeScore * (bytes - least)) / (most - least));
    },
  };
}
