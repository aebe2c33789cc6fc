// ConfigMap: what tables cannot say.
// Upstream: ValidateConfigMap in k8s.io/kubernetes/pkg/apis/core/validation/validation.go.
import type { ConfigMap } from '#types/core_v1';
import { defineKind } from '../define-kind.ts';
import { ageOf, nameOf } from '../table/ages.ts';
import { ageColumn, column, doc, nameColumn } from '../table/columns.ts';
import { FieldErrors } from '../validation/field-errors.ts';
import { configMapKey, subdomainName } from '../validation/names.ts';
import { base64Length, maxSecretSize, validateKeptData } from '../validation/stored-data.ts';

function validateData(errors: FieldErrors, { data = {}, binaryData = {} }: ConfigMap): void {
  let size = 0;
  for (const key in data) {
    errors.invalids(`data[${key}]`, key, configMapKey(key));
    if (Object.hasOwn(binaryData, key))
      errors.invalid(`data[${key}]`, key, 'duplicate of key present in binaryData');
    size += Buffer.byteLength(data[key]!);
  }
  for (const key in binaryData) {
    errors.invalids(`binaryData[${key}]`, key, configMapKey(key));
    size += base64Length(binaryData[key]!);
  }
  if (size > maxSecretSize) errors.tooLong('', maxSecretSize);
}

export const configMap = defineKind<ConfigMap>({
  group: '',
  version: 'v1',
  kind: 'ConfigMap',
  metadataChecks: ['change', 'whole'],
  nameRule: subdomainName,
  validateCreate(configMap) {
    const errors = new FieldErrors();
    validateData(errors, configMap);
    return errors.list;
  },
  validateUpdate(configMap, old) {
    const errors = new FieldErrors();
    validateKeptData(errors, configMap, old, ['data', 'binaryData']);
    validateData(errors, configMap);
    return errors.list;
  },
  table: {
    columns: [nameColumn, column('Data', 'string', doc('core/v1.ConfigMap.data')), ageColumn],
    row: (configMap, context) => ({
      cells: [
        nameOf(configMap),
        Object.keys(configMap.data ?? {}).length + Object.keys(configMap.binaryData ?? {}).length,
        ageOf(configMap, context),
      ],
    }),
  },
});
