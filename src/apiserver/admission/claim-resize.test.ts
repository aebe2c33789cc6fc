// Claims that are not bound: their kind refuses changes first, so the step is asked on its own.
import { expect, it } from 'vitest';
import type { AdmissionRequest } from './admission.ts';
import { claimResize } from './claim-resize.ts';

it('refuses growth before the claim is bound, and nothing else of it', () => {
  const step = claimResize(() => {
    throw new Error('no class is looked up');
  });
  const claim = (storage: string): unknown => ({
    metadata: { name: 'early' },
    spec: { storageClassName: 'c', resources: { requests: { storage } } },
    status: { phase: 'Pending' },
  });
  const ask = (storage: string): unknown =>
    step.validate!({
      operation: 'UPDATE',
      resource: { groupResource: { group: '', resource: 'persistentvolumeclaims' } },
      subresource: '',
      name: 'early',
      object: claim(storage),
      oldObject: claim('1Gi'),
    } as unknown as AdmissionRequest);
  expect(() => ask('2Gi')).toThrow(
    'persistentvolumeclaims "early" is forbidden: Only bound persistent volume claims can be expanded',
  );
  expect(() => ask('512Mi')).not.toThrow();
});
