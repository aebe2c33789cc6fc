import { describe, expect, it } from 'vitest';
import type { Schema } from './schemas.ts';
import { shareParameters } from './shared-parameters.ts';

const query = (name: string, description: string) => ({
  description,
  in: 'query',
  name,
  type: 'string',
  uniqueItems: true,
});

const text =
  "If 'true', then the output is pretty printed. Defaults to 'false' unless the user-agent indicates a browser or command-line HTTP tool (curl and wget).";

describe('shareParameters', () => {
  it('names a parameter as kube-apiserver does', () => {
    const paths = { '/a': { parameters: [query('pretty', text)] } };
    const shared = shareParameters(paths);
    expect(Object.keys(shared)).toEqual(['pretty-tJGM1-ng']);
    expect(paths).toEqual({ '/a': { parameters: [{ $ref: '#/parameters/pretty-tJGM1-ng' }] } });
  });

  it('tells parameters of one name by what they say', () => {
    const paths = {
      '/a': { get: { parameters: [query('path', 'one')] }, put: { parameters: [query('path', 'two')] } },
    };
    expect(Object.values(shareParameters(paths))).toHaveLength(2);
  });

  it('leaves in place what belongs to one kind, and what kubectl looks for', () => {
    const own: Schema[] = [
      query('dryRun', ''),
      query('fieldValidation', ''),
      { in: 'path', name: 'name', required: true, type: 'string', uniqueItems: true },
      { in: 'body', name: 'body', required: true, schema: { $ref: '#/definitions/io.k8s.api.core.v1.Pod' } },
    ];
    const paths = { '/a': { get: { parameters: own } } };
    expect(shareParameters(paths)).toEqual({});
    expect(paths['/a'].get.parameters).toEqual(own);
  });

  it('shares bodies of types that all kinds have', () => {
    const schema = { $ref: '#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions' };
    const paths = { '/a': { delete: { parameters: [{ in: 'body', name: 'body', schema }] } } };
    expect(Object.keys(shareParameters(paths))).toEqual(['body-2Y1dVQaQ']);
  });
});
