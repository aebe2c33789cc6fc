// A pod's priority class becomes its priority number.
// Upstream: plugin/pkg/admission/priority/admission.go in kubernetes/kubernetes.
import type { Pod } from '#types/core_v1';
import type { PriorityClass } from '#types/scheduling.k8s.io_v1';
import { forbidden } from '../../api/status.ts';
import type { ServedResource } from '../resources.ts';
import { parseObject } from '../store/serialize.ts';
import type { AdmissionRequest, AdmissionStep } from './admission.ts';
import { podOf } from './pod-creation.ts';

function defaultClass(classes: ServedResource): PriorityClass | undefined {
  let found: PriorityClass | undefined;
  for (const object of classes.cache!.list({ prefix: classes.prefix }).objects) {
    // the flag is rare; most classes need no parsing
    if (!object.bytes.includes('"globalDefault":true')) continue;
    const candidate = parseObject(object.bytes) as unknown as PriorityClass;
    if (candidate.globalDefault && (!found || candidate.value < found.value)) found = candidate;
  }
  return found;
}

/** An update that leaves out what was computed at the creation keeps it. */
function keepPriority(request: AdmissionRequest): void {
  const pod = podOf(request, 'UPDATE');
  if (!pod) return;
  const { priority, preemptionPolicy } = (request.oldObject as unknown as Pod).spec;
  pod.spec.priority ??= priority;
  pod.spec.preemptionPolicy ??= preemptionPolicy;
}

/** `classes`: the resource of PriorityClasses. */
export function priorityAdmission(classes: () => ServedResource): AdmissionStep {
  return {
    name: 'Priority',
    admit(request) {
      keepPriority(request);
      const pod = podOf(request, 'CREATE');
      if (!pod) return;
      const { spec } = pod;
      let value = 0;
      let policy = 'PreemptLowerPriority';
      if (!spec.priorityClassName) {
        const found = defaultClass(classes());
        if (found) {
          spec.priorityClassName = found.metadata.name;
          value = found.value;
          policy = found.preemptionPolicy ?? policy;
        }
      } else {
        const found = classes().cache!.get(`${classes().prefix}${spec.priorityClassName}`);
        if (!found)
          throw forbidden(
            { group: '', resource: 'pods' },
            pod.metadata.name ?? '',
            `no PriorityClass with name ${spec.priorityClassName} was found`,
          );
        const priorityClass = parseObject(found.bytes) as unknown as PriorityClass;
        value = priorityClass.value;
        policy = priorityClass.preemptionPolicy ?? policy;
      }
      const refuse = (why: string): Error =>
        forbidden({ group: '', resource: 'pods' }, pod.metadata.name ?? '', why);
      if (spec.priority !== undefined && spec.priority !== value) {
        throw refuse(
          `the integer value of priority (${spec.priority}) must not be provided in pod spec; priority admission controller computed ${value} from the given PriorityClass name`,
        );
      }
      if (spec.preemptionPolicy !== undefined && spec.preemptionPolicy !== policy) {
        throw refuse(
          `the string value of PreemptionPolicy (${spec.preemptionPolicy}) must not be provided in pod spec; priority admission controller computed ${policy} from the given PriorityClass name`,
        );
      }
      spec.priority = value;
      spec.preemptionPolicy = policy;
    },
    validate(request) {
      const { group, resource } = request.resource.groupResource;
      if (group !== 'scheduling.k8s.io' || resource !== 'priorityclasses' || request.operation === 'DELETE')
        return;
      const priorityClass = request.object as unknown as PriorityClass;
      if (!priorityClass.globalDefault) return;
      const current = defaultClass(classes());
      if (current && current.metadata.name !== priorityClass.metadata.name) {
        throw forbidden(
          request.resource.groupResource,
          priorityClass.metadata.name ?? '',
          `PriorityClass ${current.metadata.name} is already marked as default. Only one default can exist`,
        );
      }
    },
  };
}
