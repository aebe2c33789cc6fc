// A PersistentVolume that is being deleted stays as long as it is bound.
// Upstream: pkg/controller/volume/pvprotection/pv_protection_controller.go.
import type { PersistentVolume } from '#types/core_v1';
import { keyOf } from '../../client/object-store.ts';
import { persistentVolumes } from '../../client/resources.ts';
import { defineController } from '../define-controller.ts';
import { ProtectionFinalizer } from './finalizer.ts';

/** Keys are volumes. */
export const volumeProtection = defineController({
  name: 'persistentvolume-protection-controller',
  setup({ client, informers, queue }) {
    const finalizer = new ProtectionFinalizer(client, persistentVolumes, 'kubernetes.io/pv-protection');
    const volumes = informers.informer(persistentVolumes);
    const look = (volume: PersistentVolume): void => {
      if (finalizer.concerns(volume)) queue.add(keyOf(volume));
    };
    volumes.addHandler({ added: look, updated: (_old, volume) => look(volume) });
    return {
      async reconcile(key) {
        const volume = volumes.lister.get(key);
        if (volume) await finalizer.settle(volume, () => volume.status?.phase === 'Bound');
      },
    };
  },
});
