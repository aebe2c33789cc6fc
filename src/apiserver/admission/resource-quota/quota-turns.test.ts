import { describe, expect, it } from 'vitest';
import type { ResourceQuota } from '#types/core_v1';
import type { AdmissionRequest } from '../admission.ts';
import { countEvaluator } from './count-evaluator.ts';
import { type QuotaStore, QuotaTurns } from './quota-turns.ts';

const evaluator = countEvaluator('', 'configmaps');

function request(dryRun = false): AdmissionRequest {
  return {
    operation: 'CREATE',
    subresource: '',
    namespace: 'n',
    name: 'x',
    resource: { groupResource: { group: '', resource: 'configmaps' } },
    object: { metadata: {} },
    dryRun,
  } as unknown as AdmissionRequest;
}

/** One quota of configmaps. `before` is called before each write of it, with the number of the write. */
function quotaOf(
  hard: number,
  before: (write: number) => void = () => {},
): QuotaStore & {
  used: number;
  writes: number;
} {
  const store = {
    used: 0,
    writes: 0,
    list: (): ResourceQuota[] => [
      {
        metadata: { name: 'q', namespace: 'n', resourceVersion: String(store.used) },
        spec: {},
        status: { hard: { configmaps: String(hard) }, used: { configmaps: String(store.used) } },
      },
    ],
    async updateUsed(quota: ResourceQuota): Promise<void> {
      store.writes++;
      before(store.writes);
      if (quota.metadata.resourceVersion !== String(store.used)) throw new Error('conflict');
      store.used = Number(quota.status.used!['configmaps']);
    },
  };
  return store;
}

async function outcome(work: Promise<void>): Promise<string> {
  try {
    await work;
    return 'accepted';
  } catch (error) {
    return (error as Error).message;
  }
}

const exceeded =
  'configmaps "x" is forbidden: exceeded quota: q, requested: configmaps=1, used: configmaps=5, limited: configmaps=5';

describe('QuotaTurns', () => {
  it('lets through as many as there is room for, with few writes', async () => {
    const store = quotaOf(5);
    const turns = new QuotaTurns(store, () => 0);
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, () => outcome(turns.take(request(), evaluator))),
    );
    expect(outcomes.filter((o) => o === 'accepted')).toHaveLength(5);
    expect(outcomes.filter((o) => o === exceeded)).toHaveLength(15);
    expect(store.used).toBe(5);
    expect(store.writes).toBe(2);
  });

  it('judges anew by what somebody else wrote', async () => {
    const store = quotaOf(5, (write) => {
      if (write === 1) store.used = 5;
    });
    const turns = new QuotaTurns(store, () => 0);
    expect(await outcome(turns.take(request(), evaluator))).toBe(exceeded);
    expect(store.used).toBe(5);
  });

  it('gives up after some tries, and goes on with the next', async () => {
    let foreign = 0;
    const store = quotaOf(50, (write) => {
      if (write <= 4) store.used = ++foreign;
    });
    const turns = new QuotaTurns(store, () => 0);
    expect(await outcome(turns.take(request(), evaluator))).toBe('conflict');
    expect(await outcome(turns.take(request(), evaluator))).toBe('accepted');
    expect(store.used).toBe(5);
  });

  it('stores nothing for dry runs, which are judged all the same', async () => {
    const store = quotaOf(1);
    const turns = new QuotaTurns(store, () => 0);
    expect(await outcome(turns.take(request(true), evaluator))).toBe('accepted');
    expect(store.writes).toBe(0);
    const full = new QuotaTurns(quotaOf(0), () => 0);
    expect(await outcome(full.take(request(true), evaluator))).toContain('exceeded quota: q');
  });

  it('stores nothing for what no quota limits', async () => {
    const store = quotaOf(1);
    const turns = new QuotaTurns(store, () => 0);
    expect(await outcome(turns.take(request(), countEvaluator('', 'pods')))).toBe('accepted');
    expect(store.writes).toBe(0);
  });
});
