// Warnings about custom resources: of versions that are going away, and of finalizers without a domain.
// Upstream: defaultDeprecationWarning in k8s.io/apiextensions-apiserver/pkg/apiserver/customresource_handler.go,
// validateKubeFinalizerName in pkg/registry/customresource/validator.go.
import type { CustomResourceDefinition } from '#types/apiextensions.k8s.io_v1';
import { goQuote } from '../../api/go-text.ts';
import type { KubeObject } from '../../api/object.ts';
import { qualifiedName } from '../validation/names.ts';
import { compareVersions } from './version-order.ts';

/** The warning that every request to a version gets; undefined for versions that are not deprecated. */
export function deprecationWarning(
  { spec }: CustomResourceDefinition,
  versionName: string,
): string | undefined {
  const version = spec.versions?.find(({ name }) => name === versionName);
  if (!version?.deprecated) return undefined;
  if (version.deprecationWarning !== undefined) return version.deprecationWarning;
  const text = `${spec.group}/${versionName} ${spec.names.kind} is deprecated`;
  const better = (spec.versions ?? [])
    .filter(({ name, served, deprecated }) => served && !deprecated && compareVersions(versionName, name) < 0)
    .map(({ name }) => name)
    .sort((a, b) => compareVersions(b, a))[0];
  return better === undefined ? text : `${text}; use ${spec.group}/${better} ${spec.names.kind}`;
}

const standard = new Set(['kubernetes', 'orphan', 'foregroundDeletion']);

function finalizerMessages(finalizer: string): string[] {
  const messages = qualifiedName(finalizer);
  if (finalizer.includes('/') || standard.has(finalizer)) return messages;
  const path = finalizer.includes('.') ? ' including a path (/)' : '';
  return [
    ...messages,
    `prefer a domain-qualified finalizer name${path} to avoid accidental conflicts with other finalizer writers`,
  ];
}

/** Warnings about finalizers that an object has and its old self had not. */
export function finalizerWarnings(object: KubeObject, old?: KubeObject): string[] {
  const before = new Set(old?.metadata.finalizers);
  const added = [...new Set(object.metadata.finalizers)].filter((name) => !before.has(name)).sort();
  return added.flatMap((name) =>
    finalizerMessages(name).map((message) => `metadata.finalizers: ${goQuote(name)}: ${message}`),
  );
}
