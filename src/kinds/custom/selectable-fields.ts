// The fields by which a version's objects can be selected.
// Upstream: selectableFields in k8s.io/apiextensions-apiserver/pkg/registry/customresource/strategy.go.
import type { SelectableField } from '#types/apiextensions.k8s.io_v1';
import type { KubeObject } from '../../api/object.ts';
import { compileJsonPath } from './json-path/json-path.ts';
import { valueText } from './schema/print-value.ts';

function textOf(value: unknown): string {
  return value === null || value === undefined ? '' : valueText(value);
}

/** By name (`spec.color`) the text of each field. */
export function selectableFields(
  fields: readonly SelectableField[] | undefined,
): Record<string, (object: KubeObject) => string> {
  return Object.fromEntries(
    (fields ?? []).map(({ jsonPath }) => {
      const path = compileJsonPath(`{${jsonPath}}`);
      return [jsonPath.replace(/^\./, ''), (object: KubeObject) => textOf(path.find(object)[0]?.[0])];
    }),
  );
}
