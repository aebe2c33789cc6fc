// Walks the containers of a pod in upstream's order: init, regular, ephemeral.
// Upstream: VisitContainersWithPath in k8s.io/kubernetes/pkg/apis/core/pods/helpers.go.
import type { Container, EphemeralContainer, PodSpec } from '#types/core_v1';

/** Any container: ephemeral ones have the same fields and one more. */
export type AnyContainer = Container | EphemeralContainer;

const lists = ['initContainers', 'containers', 'ephemeralContainers'] as const;

/** Calls `visit` for each container with its path below `path`. */
export function visitContainers(
  spec: PodSpec,
  path: string,
  visit: (container: AnyContainer, path: () => string) => void,
): void {
  for (const list of lists) {
    const containers: readonly AnyContainer[] | null | undefined = spec[list];
    if (!containers) continue;
    for (let i = 0; i < containers.length; i++) visit(containers[i]!, () => `${path}.${list}[${i}]`);
  }
}

/** Whether any container satisfies the test. */
export function someContainer(spec: PodSpec, test: (container: AnyContainer) => boolean): boolean {
  return lists.some((list) => (spec[list] as readonly AnyContainer[] | null | undefined)?.some(test));
}

/** An init container that keeps running beside the others: a sidecar. */
export function isSidecar(container: AnyContainer): boolean {
  return container.restartPolicy === 'Always';
}
