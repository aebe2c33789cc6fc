import { describe, expect, it } from 'vitest';
import type { Json } from '../../object.ts';
import { builtInType } from '../schema/built-in-schema.ts';
import { applyConfiguration } from './apply-configuration.ts';

const type = builtInType('apps/v1.Deployment');
const live = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  spec: {
    replicas: 1,
    template: {
      spec: {
        containers: [
          {
            name: 'a',
            // the API server takes these, so a policy has to live with them
            env: [
              { name: 'X', value: '1' },
              { name: 'X', value: '2' },
            ],
          },
        ],
      },
    },
  },
};
const apply = (config: object): Json => applyConfiguration(type, live as Json, config as Json);
const template = (spec: object) => ({ spec: { template: { spec } } });

describe('an apply configuration without managers', () => {
  it('leaves what it does not name', () => {
    expect(apply({ spec: { replicas: 2 } })).toEqual({ ...live, spec: { ...live.spec, replicas: 2 } });
  });

  it('merges keyed lists', () => {
    const merged = apply(template({ containers: [{ name: 'a', image: 'i' }, { name: 'b' }] }));
    expect(merged).toMatchObject(
      template({
        containers: [{ name: 'a', image: 'i', env: [{ value: '1' }, { value: '2' }] }, { name: 'b' }],
      }),
    );
  });

  it.each([
    [{ spec: { selector: { matchLabels: { a: 'b' } } } }, '.spec.selector'],
    [template({ containers: [{ name: 'a', command: ['x'] }] }), '.spec.template.spec.containers[0].command'],
  ])('replaces nothing that is atomic: %j', (config, path) => {
    expect(() => apply(config)).toThrow(
      `invalid ApplyConfiguration: may not mutate atomic arrays, maps or structs: ${path}`,
    );
  });

  it.each([
    [{ spec: { none: 1 } }, '.spec.none: field not declared in schema'],
    [{ spec: { replicas: 'x' } }, '.spec.replicas: expected numeric (int or float), got string'],
  ])('has to fit: %j', (config, fault) => {
    expect(() => apply(config)).toThrow(`failed to convert patch object to typed object: ${fault}`);
  });
});
