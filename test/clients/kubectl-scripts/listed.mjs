// Which of kubectl's shell tests can't pass here, and why. One that passes all the same fails the run, and so does one that
// fails elsewhere: `says` is what its output has then. `mayPass`: whether it can depends on the machine.

const noStatefulSets = 'the StatefulSet controller comes later';

export const listed = [
  {
    test: 'run_convert_tests',
    says: 'error: unknown command "convert" for "kubectl"',
    reason: 'kubectl-convert is a plugin of its own, which the packages of kubectl do not hold',
  },
  {
    test: 'run_kubectl_events_tests',
    says: 'has not:InvalidSchedule',
    reason: 'the CronJob controller comes later',
  },
  {
    test: 'run_daemonset_history_tests',
    says: 'Get controllerrevisions',
    reason: 'the DaemonSet controller comes later',
  },
  {
    test: 'run_stateful_set_tests',
    says: 'Get statefulset nginx {{.status.observedGeneration}}',
    reason: noStatefulSets,
  },
  { test: 'run_statefulset_history_tests', says: 'Get controllerrevisions', reason: noStatefulSets },
  {
    test: 'run_multi_resources_tests',
    says: 'raw.githubusercontent.com',
    reason: 'its last step reads a manifest from GitHub',
    mayPass: true,
  },
  {
    test: 'run_nodes_tests',
    says: 'Expected Match: Conditions:',
    reason: 'the controller of the node life cycle, which says what is not known of a node, comes later',
  },
  {
    test: 'run_exec_credentials_tests',
    says: 'tls: failed to find any PEM data in certificate input',
    reason: 'the controller that signs certificates comes later',
  },
];
