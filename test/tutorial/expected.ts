// What a real cluster shows, by the version of kubectl where they differ. Hashes, names, times and addresses are
// placeholders, runs of spaces are folded.

const image = 'gcr.io/google-samples/kubernetes-bootcamp';

function lines(...all: (string | false)[]): string {
  return all.filter((line) => line !== false).join('\n');
}

/** `describe pods` of the first deployment, when its pod runs. */
export function describedPod(minor: number): string {
  const from = minor >= 36 ? ' spec.containers{kubernetes-bootcamp}:' : '';
  return lines(
    'Name: kubernetes-bootcamp-<hash>-<pod>',
    'Namespace: default',
    'Priority: 0',
    'Service Account: default',
    'Node: node-1/172.18.0.2',
    'Start Time: <time>',
    'Labels: app=kubernetes-bootcamp',
    ' pod-template-hash=<hash>',
    'Annotations: <none>',
    'Status: Running',
    'IP: <pod-ip>',
    'IPs:',
    ' IP: <pod-ip>',
    'Controlled By: ReplicaSet/kubernetes-bootcamp-<hash>',
    'Containers:',
    ' kubernetes-bootcamp:',
    ' Container ID: simulated://<id>',
    ` Image: ${image}:v1`,
    ` Image ID: ${image}@sha256:<id>`,
    ' Port: <none>',
    ' Host Port: <none>',
    ' State: Running',
    ' Started: <time>',
    ' Ready: True',
    ' Restart Count: 0',
    ' Environment: <none>',
    ' Mounts:',
    ' /var/run/secrets/kubernetes.io/serviceaccount from kube-api-access-<rnd> (ro)',
    'Conditions:',
    ' Type Status',
    ' PodReadyToStartContainers True',
    ' Initialized True',
    ' Ready True',
    ' ContainersReady True',
    ' PodScheduled True',
    'Volumes:',
    ' kube-api-access-<rnd>:',
    ' Type: Projected (a volume that contains injected data from multiple sources)',
    ' TokenExpirationSeconds: 3607',
    ' ConfigMapName: kube-root-ca.crt',
    minor >= 33 ? ' Optional: false' : ' ConfigMapOptional: <nil>',
    ' DownwardAPI: true',
    'QoS Class: BestEffort',
    'Node-Selectors: <none>',
    'Tolerations: node.kubernetes.io/not-ready:NoExecute op=Exists for <age>',
    ' node.kubernetes.io/unreachable:NoExecute op=Exists for <age>',
    'Events:',
    ' Type Reason Age From Message',
    ' --- --- --- --- ---',
    ' Normal Scheduled <age> default-scheduler Successfully assigned default/kubernetes-bootcamp-<hash>-<pod> to node-1',
    ` Normal Pulling <age> kubelet${from} Pulling image "${image}:v1"`,
    ` Normal Pulled <age> kubelet${from} Successfully pulled image "${image}:v1" in <time> (<time> including waiting). Image size: <n> bytes.`,
    ` Normal Created <age> kubelet${from} Container created`,
    ` Normal Started <age> kubelet${from} Container started`,
  );
}

/** What `describe deployment` shows of a deployment. */
export interface DescribedDeployment {
  readonly tag: string;
  readonly replicas: number;
  readonly revision: number;
  /** In the order in which they came. */
  readonly conditions: readonly string[];
  readonly oldSets: string;
  readonly events: readonly string[];
}

/** `describe deployment` when all is rolled out. */
export function describedDeployment(minor: number, state: DescribedDeployment): string {
  const { tag, replicas, revision, conditions, oldSets, events } = state;
  return lines(
    'Name: kubernetes-bootcamp',
    'Namespace: default',
    'CreationTimestamp: <time>',
    'Labels: app=kubernetes-bootcamp',
    `Annotations: deployment.kubernetes.io/revision: ${revision}`,
    'Selector: app=kubernetes-bootcamp',
    `Replicas: ${replicas} desired | ${replicas} updated | ${replicas} total | ${replicas} available | 0 unavailable`,
    'StrategyType: RollingUpdate',
    'MinReadySeconds: 0',
    'RollingUpdateStrategy: 25% max unavailable, 25% max surge',
    'Pod Template:',
    ' Labels: app=kubernetes-bootcamp',
    ' Containers:',
    ' kubernetes-bootcamp:',
    ` Image: ${image}:${tag}`,
    ' Port: <none>',
    ' Host Port: <none>',
    ' Environment: <none>',
    ' Mounts: <none>',
    ' Volumes: <none>',
    minor >= 31 && ' Node-Selectors: <none>',
    minor >= 31 && ' Tolerations: <none>',
    'Conditions:',
    ' Type Status Reason',
    ' --- --- ---',
    ...conditions.map((condition) => ` ${condition}`),
    `OldReplicaSets: ${oldSets}`,
    `NewReplicaSet: kubernetes-bootcamp-<hash> (${replicas}/${replicas} replicas created)`,
    'Events:',
    ' Type Reason Age From Message',
    ' --- --- --- --- ---',
    ...events.map((text) => ` Normal ScalingReplicaSet <age> deployment-controller ${text}`),
  );
}

/** `describe services/kubernetes-bootcamp`. */
export function describedService(minor: number): string {
  return lines(
    'Name: kubernetes-bootcamp',
    'Namespace: default',
    'Labels: app=kubernetes-bootcamp',
    'Annotations: <none>',
    'Selector: app=kubernetes-bootcamp',
    'Type: NodePort',
    'IP Family Policy: SingleStack',
    'IP Families: IPv4',
    'IP: <svc-ip>',
    'IPs: <svc-ip>',
    'Port: <unset> 8080/TCP',
    'TargetPort: 8080/TCP',
    'NodePort: <unset> <nodePort>/TCP',
    'Endpoints: <pod-ip>:8080',
    'Session Affinity: None',
    'External Traffic Policy: Cluster',
    minor >= 31 && 'Internal Traffic Policy: Cluster',
    'Events: <none>',
  );
}

/** `rollout history --revision=1`. */
export function revision(minor: number): string {
  return lines(
    'deployment.apps/kubernetes-bootcamp with revision #1',
    'Pod Template:',
    ' Labels:\tapp=kubernetes-bootcamp',
    '\tpod-template-hash=<hash>',
    ' Containers:',
    ' kubernetes-bootcamp:',
    ` Image:\t${image}:v1`,
    ' Port:\t<none>',
    ' Host Port:\t<none>',
    ' Environment:\t<none>',
    ' Mounts:\t<none>',
    ' Volumes:\t<none>',
    minor >= 31 && ' Node-Selectors:\t<none>',
    minor >= 31 && ' Tolerations:\t<none>',
  );
}
