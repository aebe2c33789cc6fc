import { describe, expect, test } from 'vitest';
import type { FlowSchemaSpec } from '#types/flowcontrol.apiserver.k8s.io_v1';
import { requestInfoOf } from '../request-info.ts';
import { matches } from './matching.ts';

const everywhere = {
  verbs: ['*'],
  apiGroups: ['*'],
  resources: ['*'],
  clusterScope: true,
  namespaces: ['*'],
};
const anyPath = { verbs: ['*'], nonResourceURLs: ['*'] };

function isMatch(rule: object, path: string, name = 'ann', groups = ['devs'], method = 'GET'): boolean {
  const spec: FlowSchemaSpec = {
    priorityLevelConfiguration: { name: 'x' },
    rules: [{ subjects: [{ kind: 'Group', group: { name: '*' } }], ...rule }],
  } as FlowSchemaSpec;
  const info = requestInfoOf(method, path, new URLSearchParams() as never);
  return matches(spec, { name, uid: '', groups, extra: {} }, info, path);
}

const pods = '/api/v1/namespaces/a/pods';

describe('subjects', () => {
  const by = (subject: object) => ({ subjects: [subject], resourceRules: [everywhere] });

  test('are users, groups and service accounts, by name or all of them', () => {
    const user = (name: string) => by({ kind: 'User', user: { name } });
    expect([isMatch(user('ann'), pods), isMatch(user('*'), pods), isMatch(user('bob'), pods)]).toEqual([
      true,
      true,
      false,
    ]);
    const group = (name: string) => by({ kind: 'Group', group: { name } });
    expect([isMatch(group('devs'), pods), isMatch(group('*'), pods), isMatch(group('ops'), pods)]).toEqual([
      true,
      true,
      false,
    ]);
    const account = (namespace: string, name: string) =>
      by({ kind: 'ServiceAccount', serviceAccount: { namespace, name } });
    const robot = 'system:serviceaccount:ci:robot';
    expect(isMatch(account('ci', 'robot'), pods, robot)).toBe(true);
    expect(isMatch(account('ci', '*'), pods, robot)).toBe(true);
    expect(isMatch(account('c', '*'), pods, robot)).toBe(false);
    expect(isMatch(account('ci', 'rob'), pods, robot)).toBe(false);
  });
});

describe('resources', () => {
  const rule = (changes: object) => ({ resourceRules: [{ ...everywhere, ...changes }] });

  test.each([
    [{}, pods, true],
    [{ verbs: ['list'] }, pods, true],
    [{ verbs: ['get'] }, pods, false],
    [{ resources: ['pods'] }, `${pods}/x/status`, false],
    [{ resources: ['pods/status'] }, `${pods}/x/status`, true],
    [{ apiGroups: [''] }, pods, true],
    [{ apiGroups: ['apps'] }, pods, false],
    [{ namespaces: ['a'] }, pods, true],
    [{ namespaces: ['b'] }, pods, false],
    [{ namespaces: ['a'], clusterScope: false }, '/api/v1/nodes', false],
    [{ namespaces: [] }, '/api/v1/nodes', true],
    [{}, '/version', false],
  ])('%j and %s: %s', (changes, path, expected) => {
    expect(isMatch(rule(changes), path)).toBe(expected);
  });
});

test.each([
  [{}, '/healthz', true],
  [{ nonResourceURLs: ['/healthz'] }, '/healthz/ping', true],
  [{ nonResourceURLs: ['/health'] }, '/healthz', false],
  [{ nonResourceURLs: ['/openapi/*'] }, '/openapi/v2', true],
  [{ verbs: ['put'] }, '/healthz', false],
  [{}, pods, false],
])('paths: %j and %s: %s', (changes, path, expected) => {
  expect(isMatch({ nonResourceRules: [{ ...anyPath, ...changes }] }, path)).toBe(expected);
});
