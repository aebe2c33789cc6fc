// Which suites of controller-runtime are run, and what they are run without.

/** Each: a folder below pkg; `skip` names tests to leave out, and why. */
export const suites = [
  { folder: 'client' },
  {
    folder: 'client/apiutil',
    // They download a kube-apiserver 1.28 and start it without aggregated discovery, which 1.36 always has.
    skip: { test: '/aggregatedDiscovery=false', reason: 'what needs kube-apiserver 1.28' },
  },
  { folder: 'envtest' },
  { folder: 'builder' },
  { folder: 'cluster' },
  { folder: 'controller' },
  { folder: 'controller/controllerutil' },
  { folder: 'internal/recorder' },
  { folder: 'source' },
  { folder: 'webhook' },
  { folder: 'manager/internal/integration' },
  { folder: 'cache' },
  { folder: 'handler' },
  { folder: 'internal/controller' },
  { folder: 'manager' },
  { folder: 'metrics/filters' },
  { folder: 'reconcile' },
];
