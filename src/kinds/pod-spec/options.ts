// What a pod spec may keep because the old one had it. Rules grow stricter over the releases; objects that were accepted
// must stay updatable.

/** All false for a create; podOptions and templateOptions find them. */
export interface PodSpecOptions {
  /** A pod itself, not a template: some rules only hold there. */
  readonly isPod: boolean;
  readonly allowInvalidDeletionCost?: boolean;
  readonly allowInvalidSelectorValue?: boolean;
  readonly allowInvalidNodeAffinityValue?: boolean;
  readonly allowInvalidSpreadSelector?: boolean;
  readonly allowIndivisibleHugePages?: boolean;
  readonly allowNonLocalTokenPath?: boolean;
  readonly allowHostSysctls?: boolean;
  readonly oldViolatesMatchLabelKeys?: boolean;
  readonly allowMountOptionSELinux?: boolean;
  readonly allowRestartContainerForInit?: boolean;
  readonly allowUserNamespaceHostNetwork?: boolean;
  readonly allowUserNamespaceVolumeDevices?: boolean;
  readonly allowComparisonTolerations?: boolean;
}
