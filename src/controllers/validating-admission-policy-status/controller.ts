// Checks the expressions of ValidatingAdmissionPolicies against the types that the policies name, and tells in their status.
// Upstream: pkg/controller/validatingadmissionpolicystatus/controller.go in kubernetes/kubernetes.
import type { ValidatingAdmissionPolicy } from '#types/admissionregistration.k8s.io_v1';
import { parseApiVersion } from '../../api/object.ts';
import type { Client } from '../../client/client.ts';
import { discover } from '../../client/discovery.ts';
import { validatingAdmissionPolicies } from '../../client/resources.ts';
import type {
  CheckedType,
  GroupVersionKind,
} from '../../kinds/admissionregistration/expressions/type-check.ts';
import { defineController } from '../define-controller.ts';
import { KindSchemas } from './kind-schemas.ts';
import { matchedKinds } from './matched-kinds.ts';

const fieldManager = 'validatingadmissionpolicy-status';

async function typesOf(schemas: KindSchemas, kinds: readonly GroupVersionKind[]): Promise<CheckedType[]> {
  const types: CheckedType[] = [];
  for (const of of kinds) {
    const schema = await schemas.of(of);
    if (schema) types.push({ of, schema });
  }
  return types;
}

function paramKind({ spec }: ValidatingAdmissionPolicy): GroupVersionKind[] {
  const version = parseApiVersion(spec.paramKind?.apiVersion ?? '');
  return spec.paramKind && version ? [{ ...version, kind: spec.paramKind.kind ?? '' }] : [];
}

async function warningsOf(client: Client, policy: ValidatingAdmissionPolicy) {
  // the expression language loads when there is a policy
  const { typeCheck } = await import('../../kinds/admissionregistration/expressions/type-check.ts');
  const { versions } = await discover(client);
  const schemas = new KindSchemas(client);
  const types = await typesOf(schemas, matchedKinds(policy, versions));
  const [params] = await typesOf(schemas, paramKind(policy));
  return typeCheck(policy, types, params);
}

/** Keys are names of policies. */
export const validatingAdmissionPolicyStatus = defineController({
  name: 'validatingadmissionpolicy-status-controller',
  setup({ client, informers, queue }) {
    const policies = informers.informer(validatingAdmissionPolicies);
    policies.addHandler({
      added: (policy) => queue.add(policy.metadata.name!),
      updated: (_old, policy) => queue.add(policy.metadata.name!),
    });
    return {
      async reconcile(name) {
        const policy = policies.lister.get(name);
        if (policy === undefined) return;
        const generation = policy.metadata.generation ?? 0;
        if (generation <= (policy.status?.observedGeneration ?? 0)) return;
        const warnings = await warningsOf(client, policy);
        const typeChecking = warnings.length === 0 ? {} : { expressionWarnings: warnings };
        const status = { observedGeneration: generation, typeChecking };
        await client.apply(
          validatingAdmissionPolicies,
          { metadata: { name }, status },
          { fieldManager, force: true, subresource: 'status' },
        );
      },
    };
  },
});
