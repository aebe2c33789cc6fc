import { describe, expect, it } from 'vitest';
import { evaluatorOf } from './evaluators.ts';

describe('evaluatorOf', () => {
  it('counts every resource under its name, some under an older one too', () => {
    const usage = (group: string, resource: string): object | undefined =>
      evaluatorOf({ group, resource })?.usage({ metadata: {} }, 0);
    expect(usage('apps', 'deployments')).toEqual({ 'count/deployments.apps': '1' });
    expect(usage('', 'secrets')).toEqual({ 'count/secrets': '1', secrets: '1' });
    expect(usage('example.com', 'secrets')).toEqual({ 'count/secrets.example.com': '1' });
  });

  it('knows what is never counted', () => {
    expect(evaluatorOf({ group: '', resource: 'events' })).toBeUndefined();
    expect(evaluatorOf({ group: 'events.k8s.io', resource: 'events' })).toBeUndefined();
    expect(
      evaluatorOf({ group: 'authorization.k8s.io', resource: 'localsubjectaccessreviews' }),
    ).toBeUndefined();
  });
});
