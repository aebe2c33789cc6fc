// What workloads share: a selector, a template that it selects, counts in the status.
// Upstream: k8s.io/kubernetes/pkg/apis/apps/validation/validation.go.
import type { PodTemplateSpec } from '#types/core_v1';
import type { LabelSelector } from '#types/meta_v1';
import {
  type LabelSelector as Matcher,
  selectorOfLabels,
  selectorOfObject,
} from '../../api/label-selector.ts';
import type { PodSpecOptions } from '../pod-spec/options.ts';
import { validatePodTemplateSpec } from '../pod-spec/rules.ts';
import type { FieldErrors } from '../validation/field-errors.ts';
import { isEmptySelector, type LabelSelectorOptions, validateLabelSelector } from '../validation/labels.ts';
import { dnsLabel } from '../validation/names.ts';

/** A selector that matches; undefined when it cannot be read. */
export function matcherOf(selector: LabelSelector | null | undefined): Matcher | undefined {
  try {
    return selectorOfObject(selector);
  } catch {
    return undefined;
  }
}

/** Whether labels satisfy a selector. An empty selector matches everything. */
export function selects(
  selector: LabelSelector | null | undefined,
  labels: Record<string, string> | undefined,
): boolean {
  return matcherOf(selector)?.matches(labels) === true;
}

/** `spec.selector`: there, good and not empty. */
export function validateSelector(
  errors: FieldErrors,
  selector: LabelSelector | null | undefined,
  path: string,
  emptyMessage: string,
  options: LabelSelectorOptions = {},
): void {
  if (!selector) {
    errors.required(path);
    return;
  }
  validateLabelSelector(errors, selector, path, options);
  if (isEmptySelector(selector)) errors.invalid(path, selector, emptyMessage);
}

/** The template's labels must be what the selector selects. */
export function validateTemplateLabels(
  errors: FieldErrors,
  matcher: Matcher,
  template: PodTemplateSpec,
  path: string,
): void {
  const labels = template.metadata?.labels;
  if (!matcher.matches(labels ?? {}))
    errors.invalid(`${path}.metadata.labels`, labels ?? null, '`selector` does not match template `labels`');
}

/** Workloads run their pods for ever. */
export function validateEndlessTemplate(
  errors: FieldErrors,
  template: PodTemplateSpec,
  path: string,
  kind: string,
): void {
  const { restartPolicy = '', activeDeadlineSeconds } = template.spec;
  if (restartPolicy !== 'Always')
    errors.notSupported(`${path}.spec.restartPolicy`, restartPolicy, ['Always']);
  if (activeDeadlineSeconds !== undefined)
    errors.forbidden(
      `${path}.spec.activeDeadlineSeconds`,
      `activeDeadlineSeconds in ${kind} is not Supported`,
    );
}

/** Template of a ReplicaSet, Deployment or ReplicationController. */
export function validateReplicaTemplate(
  errors: FieldErrors,
  matcher: Matcher,
  template: PodTemplateSpec,
  path: string,
  kind: string,
  options: PodSpecOptions,
): void {
  validateTemplateLabels(errors, matcher, template, path);
  validatePodTemplateSpec(errors, template, path, options);
  validateEndlessTemplate(errors, template, path, kind);
}

/** A matcher of plain labels, as ReplicationControllers have them. */
export function matcherOfLabels(labels: Record<string, string> | undefined): Matcher {
  return selectorOfLabels(labels);
}

/** A warning for names that make bad host names of pods. */
export function podNameWarnings(name: string | undefined, prefix = 'Pod names and hostnames'): string[] {
  const messages = dnsLabel(name ?? '');
  if (messages.length === 0) return [];
  return [
    `metadata.name: this is used in ${prefix}, which can result in surprising behavior; a DNS label is recommended: [${messages.join(' ')}]`,
  ];
}
