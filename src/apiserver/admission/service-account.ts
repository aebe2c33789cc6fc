// Gives a pod its service account and mounts the account's token.
// Upstream: plugin/pkg/admission/serviceaccount/admission.go in kubernetes/kubernetes.
import type { Container, Pod, ServiceAccount, Volume } from '#types/core_v1';
import type { Random } from '../../api/clock.ts';
import type { KubeObject } from '../../api/object.ts';
import { badRequest, forbidden } from '../../api/status.ts';
import type { ServedResource } from '../resources.ts';
import { parseObject } from '../store/serialize.ts';
import type { AdmissionStep } from './admission.ts';
import { podOf } from './pod-creation.ts';

const mountPath = '/var/run/secrets/kubernetes.io/serviceaccount';
const mirrorAnnotation = 'kubernetes.io/config.mirror';
const enforceAnnotation = 'kubernetes.io/enforce-mountable-secrets';
const tokenSeconds = 3607;

function tokenVolume(name: string): Volume {
  const sources = [
    { serviceAccountToken: { expirationSeconds: tokenSeconds, path: 'token' } },
    { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
    {
      downwardAPI: {
        items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }],
      },
    },
  ];
  return { name, projected: { sources, defaultMode: 0o644 } } as Volume;
}

function mountToken(pod: Pod, random: Random): void {
  const containers: Container[] = [...(pod.spec.initContainers ?? []), ...(pod.spec.containers ?? [])];
  const existing = pod.spec.volumes?.find((v) => v.name.startsWith('kube-api-access-') && v.projected);
  const name = existing?.name ?? `kube-api-access-${random.suffix(5)}`;
  let mounted = false;
  for (const container of containers) {
    if (container.volumeMounts?.some((m) => m.mountPath === mountPath)) continue;
    container.volumeMounts = [...(container.volumeMounts ?? []), { name, readOnly: true, mountPath }];
    mounted = true;
  }
  if (mounted && !existing) pod.spec.volumes = [...(pod.spec.volumes ?? []), tokenVolume(name)];
}

function checkMirrorPod(pod: Pod & KubeObject): void {
  const refuse = (why: string): Error =>
    forbidden({ group: '', resource: 'pods' }, pod.metadata.name ?? '', why);
  if (pod.spec.serviceAccountName) throw refuse('a mirror pod may not reference service accounts');
  const usesSecret = pod.spec.volumes?.some((v) => v.secret);
  if (usesSecret) throw refuse('a mirror pod may not reference secrets');
  if (pod.spec.volumes?.some((v) => v.projected?.sources?.some((s) => s.serviceAccountToken)))
    throw refuse('a mirror pod may not use ServiceAccountToken volume projections');
}

function limitSecrets(pod: Pod, account: ServiceAccount): void {
  if (account.metadata.annotations?.[enforceAnnotation] !== 'true') return;
  const allowed = new Set((account.secrets ?? []).map((s) => s.name));
  for (const volume of pod.spec.volumes ?? []) {
    const secret = volume.secret?.secretName;
    if (secret && !allowed.has(secret))
      throw badRequest(
        `volume with secret.secretName=${JSON.stringify(secret)} is not allowed because service account ${account.metadata.name} does not reference that secret`,
      );
  }
}

/** `accounts`: the resource whose objects are looked up. */
export function serviceAccountAdmission(accounts: () => ServedResource, random: Random): AdmissionStep {
  return {
    name: 'ServiceAccount',
    admit(request) {
      const pod = podOf(request, 'CREATE');
      if (!pod) return;
      if (pod.metadata.annotations && mirrorAnnotation in pod.metadata.annotations)
        return checkMirrorPod(pod);
      pod.spec.serviceAccountName ||= 'default';
      const accountName = pod.spec.serviceAccountName;
      const found = accounts().cache!.get(`serviceaccounts/${request.namespace}/${accountName}`);
      if (!found) {
        const why = `error looking up service account ${request.namespace}/${accountName}: serviceaccount ${JSON.stringify(accountName)} not found`;
        throw forbidden({ group: '', resource: 'pods' }, pod.metadata.name ?? '', why);
      }
      const account = parseObject(found.bytes) as unknown as ServiceAccount;
      limitSecrets(pod, account);
      if ((pod.spec.imagePullSecrets ?? []).length === 0 && account.imagePullSecrets?.length) {
        pod.spec.imagePullSecrets = account.imagePullSecrets.map((s) => ({ ...s }));
      }
      const automount = pod.spec.automountServiceAccountToken ?? account.automountServiceAccountToken ?? true;
      if (automount) mountToken(pod, random);
      // kept in step for old clients; upstream's conversion does it
      pod.spec.serviceAccount = accountName;
    },
  };
}
