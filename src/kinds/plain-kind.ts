// Hooks for a kind that has no file: its status is written by the status path only, its spec by the main path only, and a
// changed spec raises the generation.
import type { KubeObject } from '../api/object.ts';
import type { AnyKind } from './define-kind.ts';
import { pathSegment } from './validation/names.ts';
import { firstGeneration, keepMetadata, raiseGeneration, takeBack } from './validation/status-strategy.ts';

/** What is known of such a kind. */
export interface PlainFacts {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly subresources?: readonly { readonly name: string }[];
}

/** Makes the hooks. */
export function plainKind({ group, version, kind, subresources = [] }: PlainFacts): AnyKind {
  const hasStatus = subresources.some(({ name }) => name === 'status');
  if (!hasStatus) return { group, version, kind, nameRule: pathSegment };
  return {
    group,
    version,
    kind,
    nameRule: pathSegment,
    prepareForCreate(object: KubeObject) {
      delete object['status'];
      firstGeneration(object);
    },
    prepareForUpdate(object: KubeObject, old: KubeObject) {
      takeBack(object, old, 'status');
      raiseGeneration(object, old);
    },
    subresources: {
      status: {
        resetFields: [['metadata'], ['spec']],
        prepareForUpdate(object: KubeObject, old: KubeObject) {
          takeBack(object, old, 'spec');
          keepMetadata(object, old);
        },
      },
    },
  };
}
