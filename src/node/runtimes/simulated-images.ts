// The registry of the simulation: every image exists, but those whose names say that they do not.
import { createHash } from 'node:crypto';
import { fullImageName, imageReference } from '../../kinds/pod-spec/image-reference.ts';
import { type ImageRequest, RuntimeError, type RuntimeImage } from './runtime.ts';

/** The annotation of a pod whose images can't be pulled; its value is the error's text. */
export const pullErrorAnnotation = 'sim.kubeskiff.io/pull-error';

const missingTags = new Set(['bad', 'v10', '404']);
const missingNames = /does-?not-?exist|non-?existent/;

const known = new Map<string, RuntimeImage>();

/**
 * The image that a name means, with an id and a size made of its name: the same everywhere. Throws a RuntimeError when the
 * name is no image name.
 */
export function simulatedImage(image: string): RuntimeImage {
  const found = known.get(image);
  if (found) return found;
  const reference = imageReference(image);
  if (!reference) throw new RuntimeError('Invalid', `couldn't parse image name ${JSON.stringify(image)}`);
  const { name, tag = 'latest', digest } = reference;
  const hash = createHash('sha256').update(`${name}:${tag}`);
  const hex = hash.digest('hex');
  const made: RuntimeImage = {
    id: `${name}@${digest ?? `sha256:${hex}`}`,
    name: fullImageName(image)!,
    // between 2 and 69 MB
    sizeBytes: 2_000_000 + (Number.parseInt(hex.slice(0, 8), 16) % 67_000_000),
  };
  if (known.size > 10_000) known.clear();
  known.set(image, made);
  return made;
}

/** Throws what containerd says when the registry has no such image. */
export function requireInRegistry({ image, annotations }: ImageRequest): void {
  const text = annotations[pullErrorAnnotation];
  if (text) throw new RuntimeError('Failed', text);
  const { name, tag = '' } = imageReference(image) ?? { name: image };
  if (!missingTags.has(tag) && !missingNames.test(`${name}:${tag}`)) return;
  const full = simulatedImage(image).name;
  throw new RuntimeError(
    'NotFound',
    `rpc error: code = NotFound desc = failed to pull and unpack image "${full}": failed to resolve reference "${full}": ${full}: not found`,
  );
}
