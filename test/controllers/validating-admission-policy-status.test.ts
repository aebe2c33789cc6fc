// Type checking of ValidatingAdmissionPolicies against a real API server.
import { afterEach, expect, test } from 'vitest';
import type { ValidatingAdmissionPolicy } from '#types/admissionregistration.k8s.io_v1';
import { resource } from '../../src/client/resource.ts';
import { validatingAdmissionPolicies } from '../../src/client/resources.ts';
import { validatingAdmissionPolicyStatus } from '../../src/controllers/validating-admission-policy-status/controller.ts';
import { type ControlPlane, startControlPlane, until } from '../harness/control-plane.ts';
import { startControllers } from '../harness/controllers.ts';

let plane: ControlPlane;
afterEach(() => plane[Symbol.asyncDispose]());

const named = (name: string) => ({ namespace: '', name });

/** The status of a policy once it is checked. */
async function checked(
  name: string,
  rule: object,
  spec: Partial<ValidatingAdmissionPolicy['spec']>,
): Promise<ValidatingAdmissionPolicy['status']> {
  await plane.client.create(validatingAdmissionPolicies, {
    metadata: { name },
    spec: { matchConstraints: { resourceRules: [{ operations: ['CREATE'], ...rule }] }, ...spec },
  } as never);
  return until('the policy is checked', async () => {
    const { status } = await plane.client.get(validatingAdmissionPolicies, named(name));
    return status?.typeChecking ? status : undefined;
  });
}

const deployments = { apiGroups: ['apps'], apiVersions: ['v1'], resources: ['deployments'] };

test('warns of what no object of the matched types can be', async () => {
  plane = await startControlPlane();
  startControllers(plane, validatingAdmissionPolicyStatus);
  const right = await checked('right', deployments, {
    validations: [
      { expression: 'object.spec.replicas > 1 && object.metadata.labels["a"] == "b" && oldObject == null' },
      { expression: 'object.spec.template.spec.containers.all(c, c.ports.all(p, p.containerPort > 1024))' },
      { expression: 'object.spec.strategy.rollingUpdate.maxSurge == 1' },
      { expression: "authorizer.group('apps').resource('deployments').check('get').allowed()" },
    ],
  });
  expect(right).toEqual({ observedGeneration: 1, typeChecking: {} });

  const wrong = await checked('wrong', deployments, {
    variables: [{ name: 'n', expression: 'object.spec.replicas' }],
    validations: [
      { expression: "object.spec.replicas > '1'", messageExpression: "'got ' + object.spec.replicas" },
      { expression: "variables.n == '1'" },
      { expression: 'object.spec.none == 1' },
    ],
  });
  const issue = (column: number, text: string, source: string): string =>
    `apps/v1, Kind=Deployment: ERROR: <input>:1:${column}: ${text}\n | ${source}\n | ${'.'.repeat(column - 1)}^\n`;
  const overload = (name: string, types: string): string =>
    `found no matching overload for '${name}' applied to '(${types})'`;
  expect(wrong?.typeChecking?.expressionWarnings).toEqual([
    {
      fieldRef: 'spec.validations[0].expression',
      warning: issue(22, overload('_>_', 'int, string'), "object.spec.replicas > '1'"),
    },
    {
      fieldRef: 'spec.validations[0].messageExpression',
      warning: issue(8, overload('_+_', 'string, int'), "'got ' + object.spec.replicas"),
    },
    {
      fieldRef: 'spec.validations[1].expression',
      warning: issue(13, overload('_==_', 'int, string'), "variables.n == '1'"),
    },
    {
      fieldRef: 'spec.validations[2].expression',
      warning: issue(12, "undefined field 'none'", 'object.spec.none == 1'),
    },
  ]);
});

test('checks against every type, and parameters against theirs', async () => {
  plane = await startControlPlane();
  startControllers(plane, validatingAdmissionPolicyStatus);
  const several = await checked(
    'several',
    {
      apiGroups: ['', 'apps'],
      apiVersions: ['v1'],
      resources: ['pods', 'statefulsets', 'deployments/scale'],
    },
    { validations: [{ expression: 'object.spec.replicas > 1' }] },
  );
  const warnings = several?.typeChecking?.expressionWarnings ?? [];
  expect(warnings.map(({ warning }) => warning.split(':')[0])).toEqual(['/v1, Kind=Pod']);

  const params = await checked(
    'params',
    { apiGroups: ['*'], apiVersions: ['v1'], resources: ['pods'] },
    {
      paramKind: { apiVersion: 'v1', kind: 'ConfigMap' },
      validations: [{ expression: "params.data['a'] == 1" }],
    },
  );
  // there is no type of objects, so nothing is checked
  expect(params?.typeChecking).toEqual({});
  const typed = await checked('typed', deployments, {
    paramKind: { apiVersion: 'v1', kind: 'ConfigMap' },
    validations: [{ expression: "params.data['a'] == 1" }],
  });
  expect(typed?.typeChecking?.expressionWarnings).toHaveLength(1);
});

test('knows custom resources', async () => {
  plane = await startControlPlane();
  startControllers(plane, validatingAdmissionPolicyStatus);
  const definitions = resource(
    'apiextensions.k8s.io/v1',
    'CustomResourceDefinition',
    'customresourcedefinitions',
    'Cluster',
  );
  const spec = { type: 'object', properties: { replicas: { type: 'integer' } } };
  await plane.client.create(definitions, {
    metadata: { name: 'crontabs.stable.example.com' },
    spec: {
      group: 'stable.example.com',
      scope: 'Namespaced',
      names: { plural: 'crontabs', kind: 'CronTab' },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: 'object', properties: { spec } } },
        },
      ],
    },
  } as never);
  const crontabs = { apiGroups: ['stable.example.com'], apiVersions: ['v1'], resources: ['crontabs'] };
  const status = await checked('crontabs', crontabs, {
    validations: [
      { expression: 'object.spec.replicas > 1' },
      { expression: "object.spec.replicas > '1'" },
      { expression: 'object.spec.maxRetries < 10' },
    ],
  });
  expect(status?.typeChecking?.expressionWarnings?.map(({ fieldRef }) => fieldRef)).toEqual([
    'spec.validations[1].expression',
    'spec.validations[2].expression',
  ]);
});
