import { describe, expect, it } from 'vitest';
import {
  configMapKey,
  dns1035Label,
  dnsLabel,
  dnsSubdomain,
  envVarName,
  labelName,
  labelValue,
  pathSegment,
  percent,
  portName,
  portNumber,
  qualifiedName,
  relaxedEnvVarName,
  subdomainName,
  wildcardSubdomain,
} from './names.ts';

describe('names', () => {
  const rules = {
    dnsLabel,
    dnsSubdomain,
    dns1035Label,
    wildcardSubdomain,
    qualifiedName,
    labelValue,
    configMapKey,
    envVarName,
    relaxedEnvVarName,
    portName,
    percent,
  };
  it.each([
    ['dnsLabel', 'a-1', 'a.b'],
    ['dnsLabel', '0', '-a'],
    ['dnsLabel', 'x'.repeat(63), 'x'.repeat(64)],
    ['dnsSubdomain', 'a.b-c.d', 'a..b'],
    ['dnsSubdomain', 'x'.repeat(253), 'x'.repeat(254)],
    ['dnsSubdomain', 'a', 'A'],
    ['dns1035Label', 'a1', '1a'],
    ['wildcardSubdomain', '*.a.b', '*a.b'],
    ['qualifiedName', 'example.com/My.Name_1', 'a/b/c'],
    ['qualifiedName', 'MyName', '/MyName'],
    ['labelValue', '', '-a'],
    ['labelValue', 'A.b_c', 'a b'],
    ['configMapKey', '.a-b_c', '..a'],
    ['envVarName', 'my.env-name', '1a'],
    ['relaxedEnvVarName', '1 a', 'a=b'],
    ['portName', 'http-1', 'http--1'],
    ['portName', 'a', '80'],
    ['percent', '12%', '12'],
  ] as const)('%s takes %s and refuses %s', (rule, good, bad) => {
    expect(rules[rule](good)).toEqual([]);
    expect(rules[rule](bad)).not.toEqual([]);
  });

  it('says what is wrong in the words of Kubernetes', () => {
    expect(dnsLabel('A')).toEqual([
      "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')",
    ]);
    expect(portNumber(70000)).toEqual(['must be between 1 and 65535, inclusive']);
    expect(pathSegment('a/b%')).toEqual(["may not contain '/'", "may not contain '%'"]);
  });

  it('counts characters of names and bytes of label values', () => {
    expect(dnsLabel('x'.repeat(64))).toEqual(['must be no more than 63 characters']);
    expect(labelValue('x'.repeat(64))).toEqual(['must be no more than 63 bytes']);
  });

  it('lets a generateName end in a dash', () => {
    expect(subdomainName('web-', true)).toEqual([]);
    expect(subdomainName('web-', false)).not.toEqual([]);
    expect(labelName('web-', true)).toEqual([]);
  });
});
