// The selector that a Job makes for itself: its pods carry the Job's uid.
// Upstream: generateSelector in k8s.io/kubernetes/pkg/registry/batch/job/strategy.go.
import type { Job } from '#types/batch_v1';
import type { LabelSelector } from '#types/meta_v1';
import { setJsonMember, sortedCopy } from '../../../api/json-object.ts';
import type { FieldErrors } from '../../validation/field-errors.ts';
import { matcherOf } from '../../workloads/template.ts';

const nameLabels = ['job-name', 'batch.kubernetes.io/job-name'] as const;
const uidLabels = ['controller-uid', 'batch.kubernetes.io/controller-uid'] as const;

/** Go prints a map by its keys' order; the job may share this one. */
function inOrder(labels: Record<string, string>): void {
  const sorted = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [key] of sorted) delete labels[key];
  for (const [key, value] of sorted) setJsonMember(labels, key, value);
}

/** Labels the template and selects by the Job's uid, unless the user does that himself. */
export function makeSelector({ metadata, spec }: Job): void {
  if (spec.manualSelector) return;
  const template = spec.template.metadata;
  template.labels ??= {};
  const { labels } = template;
  for (const label of nameLabels) labels[label] ??= metadata.name ?? '';
  for (const label of uidLabels) labels[label] ??= metadata.uid ?? '';
  inOrder(labels);
  spec.selector ??= {};
  spec.selector.matchLabels ??= {};
  spec.selector.matchLabels[uidLabels[1]] ??= metadata.uid ?? '';
}

/** Whether an older server made the labels, without prefixes. */
function hasPrefixedLabels(labels: Record<string, string>): boolean {
  return nameLabels[1] in labels && uidLabels[1] in labels;
}

/** Go prints maps in order. */
function printed(selector: LabelSelector): object {
  return { ...selector, matchLabels: sortedCopy({ ...selector.matchLabels }) };
}

/** Checks that nobody wrote another selector. */
export function validateMadeSelector(errors: FieldErrors, { metadata, spec }: Job, old?: Job): void {
  if (spec.manualSelector || !spec.selector) return;
  if (!metadata.uid) errors.required('metadata.uid');
  const { name = '', uid = '' } = metadata;
  const labels = spec.template.metadata.labels ?? {};
  const expected: Record<string, string> = {};
  const expect = (key: string, value: string): void => {
    expected[key] = value;
    const path = 'spec.template.metadata.labels';
    if (!Object.hasOwn(labels, key)) errors.required(`${path}[${key}]`, `must be '${value}'`);
    else if (labels[key] !== value) errors.invalid(`${path}[${key}]`, labels, `must be '${value}'`);
  };
  expect(uidLabels[0], uid);
  expect(nameLabels[0], name);
  if (!old || hasPrefixedLabels(old.spec.template.metadata.labels ?? {})) {
    expect(uidLabels[1], uid);
    expect(nameLabels[1], name);
  }
  if (matcherOf(spec.selector)?.matches(expected) === false)
    errors.invalid('spec.selector', printed(spec.selector), '`selector` not auto-generated');
}
