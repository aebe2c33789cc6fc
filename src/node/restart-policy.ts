// Whether a container that ended is started again: its rules, its own policy, the pod's.
// Upstream: ContainerShouldRestart in k8s.io/kubernetes/pkg/api/v1/pod/util.go.
import type { Container, PodSpec } from '#types/core_v1';

/** The action of the first rule that an exit code matches. */
function actionFor(container: Container, exitCode: number): string | undefined {
  return container.restartPolicyRules?.find(({ exitCodes }) => {
    const isListed = exitCodes?.values?.includes(exitCode) === true;
    return exitCodes?.operator === 'In' ? isListed : exitCodes?.operator === 'NotIn' && !isListed;
  })?.action;
}

/** Whether a container that ended with `exitCode` is started again. */
export function restartsAfter(container: Container, spec: PodSpec, exitCode: number): boolean {
  if (container.restartPolicy !== undefined) {
    // RestartAllContainers is taken as Restart: the others go on
    if (actionFor(container, exitCode)?.startsWith('Restart')) return true;
  }
  const policy = container.restartPolicy ?? spec.restartPolicy ?? 'Always';
  return policy === 'Always' || (policy === 'OnFailure' && exitCode !== 0);
}

/** Whether a running container that has to be killed is started again. */
export function restartsWhenKilled(container: Container, spec: PodSpec): boolean {
  return (container.restartPolicy ?? spec.restartPolicy ?? 'Always') !== 'Never';
}
