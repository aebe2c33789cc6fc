import { describe, expect, it } from 'vitest';
import type { PolicyRule } from '#types/rbac.authorization.k8s.io_v1';
import { quotedList, ruleLines, uncovered } from './rule-coverage.ts';

/** `get,list pods,pods/log` of the core group, of `group:` where one is given; `NAMES` limits to names. */
function rule(verbs: string, resources: string, names = '', groups = ''): PolicyRule {
  return {
    verbs: verbs.split(','),
    apiGroups: groups.split(','),
    resources: resources.split(','),
    ...(names && { resourceNames: names.split(',') }),
  };
}

function urls(verbs: string, nonResourceURLs: string): PolicyRule {
  return { verbs: verbs.split(','), nonResourceURLs: nonResourceURLs.split(',') };
}

describe('uncovered', () => {
  const held: [string, PolicyRule[], PolicyRule[]][] = [
    ['the same rule', [rule('get', 'pods')], [rule('get', 'pods')]],
    [
      'several rules together',
      [rule('delete', 'a'), rule('delete', 'b'), rule('update', 'a,b')],
      [rule('delete,update', 'a,b')],
    ],
    ['stars', [rule('*', '*', '', '*')], [rule('get,*', 'pods,*', 'x', 'apps,*')]],
    ['a star before a subresource', [rule('get', '*/scale')], [rule('get', 'deployments/scale')]],
    ['all names by none', [rule('get', 'pods')], [rule('get', 'pods', 'a,b')]],
    ['a name among others', [rule('get', 'pods', 'a,b')], [rule('get', 'pods', 'b')]],
    ['paths by a prefix', [urls('get', '/apis/*')], [urls('get', '/apis/apps,/apis/*')]],
    ['no rules at all', [], []],
    [
      'a rule without verbs',
      [],
      [{ verbs: null as unknown as string[], apiGroups: [''], resources: ['pods'] }],
    ],
  ];
  it.each(held)('has nothing to say of %s', (_, owned, wanted) => {
    expect(uncovered(owned, wanted)).toEqual([]);
  });

  const lacking: [string, PolicyRule[], PolicyRule[], PolicyRule[]][] = [
    [
      'one combination',
      [rule('delete,update', 'a,b'), rule('delete', 'pods')],
      [rule('delete,update', 'a,b,pods')],
      [rule('update', 'pods')],
    ],
    ['a star of verbs', [rule('get,list,watch', 'pods')], [rule('*', 'pods')], [rule('*', 'pods')]],
    ['a star of resources', [rule('get', 'pods')], [rule('get', '*')], [rule('get', '*')]],
    [
      'a star of groups',
      [rule('get', 'pods')],
      [rule('get', 'pods', '', '*')],
      [rule('get', 'pods', '', '*')],
    ],
    ['all names', [rule('get', 'pods', 'a')], [rule('get', 'pods')], [rule('get', 'pods')]],
    ['another name', [rule('get', 'pods', 'a')], [rule('get', 'pods', 'a,b')], [rule('get', 'pods', 'b')]],
    [
      'a resource by its subresources',
      [rule('get', '*/scale')],
      [rule('get', 'pods')],
      [rule('get', 'pods')],
    ],
    ['paths by resources', [rule('*', '*', '', '*')], [urls('get', '/metrics')], [urls('get', '/metrics')]],
    ['resources by paths', [urls('*', '*')], [rule('get', 'pods')], [rule('get', 'pods')]],
    ['a prefix by a path', [urls('get', '/apis')], [urls('get', '/apis/*')], [urls('get', '/apis/*')]],
  ];
  it.each(lacking)('names %s', (_, owned, wanted, missing) => {
    expect(uncovered(owned, wanted)).toEqual(missing);
  });
});

describe('ruleLines', () => {
  const lines = (...wanted: PolicyRule[]): string => ruleLines(uncovered([], wanted));

  it('puts the verbs of a resource together, also those of several rules', () => {
    expect(lines(rule('get,list', 'pods'), rule('watch', 'pods'))).toBe(
      '{APIGroups:[""], Resources:["pods"], Verbs:["get" "list" "watch"]}',
    );
  });

  it('sorts, says names and keeps paths apart', () => {
    expect(lines(urls('get,head', '/x'), rule('get', 'roles', 'a,b', 'apps'), rule('get', 'pods'))).toBe(
      [
        '{APIGroups:[""], Resources:["pods"], Verbs:["get"]}',
        '{APIGroups:["apps"], Resources:["roles"], ResourceNames:["a"], Verbs:["get"]}',
        '{APIGroups:["apps"], Resources:["roles"], ResourceNames:["b"], Verbs:["get"]}',
        '{NonResourceURLs:["/x"], Verbs:["get"]}',
        '{NonResourceURLs:["/x"], Verbs:["head"]}',
      ].join('\n'),
    );
  });

  it('changes nothing of what it is given', () => {
    const wanted = uncovered([], [rule('get,list', 'pods')]);
    ruleLines(wanted);
    expect(wanted).toEqual([rule('get', 'pods'), rule('list', 'pods')]);
  });
});

describe('quotedList', () => {
  it('quotes as Go does', () => {
    expect(quotedList([])).toBe('[]');
    expect(quotedList(['a', 'b"c'])).toBe('["a" "b\\"c"]');
  });
});
