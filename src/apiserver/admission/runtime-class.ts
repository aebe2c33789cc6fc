// A pod's runtime class brings its overhead and node selection.
// Upstream: plugin/pkg/admission/runtimeclass/admission.go in kubernetes/kubernetes.
import { isDeepStrictEqual } from 'node:util';
import type { Pod } from '#types/core_v1';
import type { RuntimeClass } from '#types/node.k8s.io_v1';
import { memberAsSent } from '../../api/schema/sent-empty.ts';
import { forbidden } from '../../api/status.ts';
import type { ServedResource } from '../resources.ts';
import { parseObject } from '../store/serialize.ts';
import type { AdmissionStep } from './admission.ts';
import { podOf } from './pod-creation.ts';

function refusal(pod: Pod, why: string): Error {
  return forbidden({ group: '', resource: 'pods' }, pod.metadata.name ?? '', why);
}

/** `classes`: the resource of RuntimeClasses. */
export function runtimeClassAdmission(classes: () => ServedResource): AdmissionStep {
  return {
    name: 'RuntimeClass',
    admit(request) {
      const pod = podOf(request, 'CREATE');
      if (!pod) return;
      const refuse = (why: string): Error => refusal(pod, why);
      const { spec } = pod;
      if (!spec.runtimeClassName) return;
      const found = classes().cache!.get(`${classes().prefix}${spec.runtimeClassName}`);
      if (!found)
        throw refuse(`pod rejected: RuntimeClass ${JSON.stringify(spec.runtimeClassName)} not found`);
      const { overhead, scheduling } = parseObject(found.bytes) as unknown as RuntimeClass;
      if (overhead?.podFixed) {
        if (spec.overhead && !isDeepStrictEqual(spec.overhead, overhead.podFixed))
          throw refuse("pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead");
        spec.overhead = { ...overhead.podFixed };
      }
      for (const [key, value] of Object.entries(scheduling?.nodeSelector ?? {})) {
        const given = spec.nodeSelector?.[key];
        if (given !== undefined && given !== value)
          throw refuse(
            `conflict: runtimeClass.scheduling.nodeSelector[${key}] = ${value}; pod.spec.nodeSelector[${key}] = ${given}`,
          );
        spec.nodeSelector = { ...spec.nodeSelector, [key]: value };
      }
      if (scheduling?.tolerations?.length)
        spec.tolerations = [...(spec.tolerations ?? []), ...scheduling.tolerations];
    },
    // after the pod's own rules: an overhead that is none is refused by them
    validate(request) {
      const pod = podOf(request, 'CREATE');
      if (!pod || pod.spec.runtimeClassName) return;
      if (memberAsSent(pod.spec, 'overhead'))
        throw refusal(
          pod,
          'pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead',
        );
    },
  };
}
