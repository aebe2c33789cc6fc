// A VolumeAttributesClass that is being deleted stays as long as a volume or a claim names it.
// Upstream: pkg/controller/volume/vacprotection/vac_protection_controller.go.
import type { PersistentVolume, PersistentVolumeClaim } from '#types/core_v1';
import type { VolumeAttributesClass } from '#types/storage.k8s.io_v1';
import { keyOf } from '../../client/object-store.ts';
import {
  persistentVolumeClaims,
  persistentVolumes,
  volumeAttributesClasses,
} from '../../client/resources.ts';
import { defineController } from '../define-controller.ts';
import { ProtectionFinalizer } from './finalizer.ts';

const byClass = 'volumeAttributesClass';

function named(...names: (string | undefined)[]): string[] {
  return names.filter((name): name is string => name !== undefined && name !== '');
}

function classesOfClaim({ spec, status }: PersistentVolumeClaim): string[] {
  return named(
    spec.volumeAttributesClassName,
    status?.currentVolumeAttributesClassName,
    status?.modifyVolumeStatus?.targetVolumeAttributesClassName,
  );
}

function classesOfVolume({ spec }: PersistentVolume): string[] {
  return named(spec.volumeAttributesClassName);
}

/** Keys are classes. */
export const attributesClassProtection = defineController({
  name: 'volumeattributesclass-protection-controller',
  setup({ client, informers, queue }) {
    const finalizer = new ProtectionFinalizer(
      client,
      volumeAttributesClasses,
      'kubernetes.io/vac-protection',
    );
    const classes = informers.informer(volumeAttributesClasses);
    const look = (each: VolumeAttributesClass): void => {
      if (finalizer.concerns(each)) queue.add(keyOf(each));
    };
    classes.addHandler({ added: look, updated: (_old, each) => look(each) });
    const release = (names: readonly string[]): void => {
      for (const name of names) queue.add(name);
    };
    const claims = informers.informer(persistentVolumeClaims);
    claims.addIndex(byClass, classesOfClaim);
    claims.addHandler({
      updated: (old) => release(classesOfClaim(old)),
      deleted: (claim) => release(classesOfClaim(claim)),
    });
    const volumes = informers.informer(persistentVolumes);
    volumes.addIndex(byClass, classesOfVolume);
    volumes.addHandler({
      updated: (old) => release(classesOfVolume(old)),
      deleted: (volume) => release(classesOfVolume(volume)),
    });
    const isUsed = (name: string): boolean =>
      volumes.lister.byIndex(byClass, name).length > 0 || claims.lister.byIndex(byClass, name).length > 0;

    return {
      async reconcile(name) {
        const each = classes.lister.get(name);
        if (each) await finalizer.settle(each, () => isUsed(name));
      },
    };
  },
});
