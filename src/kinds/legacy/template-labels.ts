// Before apps/v1beta2 a workload took its selector and its own labels from its pod template.
import type { LabelSelector, ObjectMeta } from '#types/meta_v1';

interface Workload {
  metadata: ObjectMeta;
  spec: { selector?: LabelSelector | null | undefined; template?: { metadata?: ObjectMeta } };
}

/** Fills in selector and labels where the template has labels. */
export function takeTemplateLabels({ metadata, spec }: Workload): void {
  const labels = spec.template?.metadata?.labels;
  if (!labels) return;
  spec.selector ??= { matchLabels: { ...labels } };
  if (Object.keys(metadata.labels ?? {}).length === 0) metadata.labels = { ...labels };
}
