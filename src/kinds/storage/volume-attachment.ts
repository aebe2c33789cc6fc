// VolumeAttachment: what tables cannot say. Its spec never changes.
// Upstream: k8s.io/kubernetes/pkg/registry/storage/volumeattachment/strategy.go.
import type {
  VolumeAttachment,
  VolumeAttachmentSource,
  VolumeAttachmentStatus,
  VolumeError,
} from '#types/storage.k8s.io_v1';
import { defineKind } from '../define-kind.ts';
import { internalJson } from '../internal-json.ts';
import { ageOf, nameOf } from '../table/ages.ts';
import { ageColumn, column, doc, nameColumn } from '../table/columns.ts';
import { FieldErrors } from '../validation/field-errors.ts';
import { dnsSubdomain, longerThan, rangeMessage, subdomainName } from '../validation/names.ts';
import { validateImmutable } from '../validation/numbers.ts';
import { keepMetadata, takeBack } from '../validation/status-strategy.ts';
import { validateDriverName } from '../volumes/source-rules.ts';
import { setVolumeSourceDefaults, validateVolumeSpec } from '../volumes/volume-spec.ts';

const maxMetadata = 256 * 1024;
const maxMessage = 1024;
const oneSource = 'must specify exactly one of inlineVolumeSpec and persistentVolumeName';

function validateSource(errors: FieldErrors, source: VolumeAttachmentSource): void {
  const path = 'spec.source';
  const { inlineVolumeSpec, persistentVolumeName: name } = source;
  if (!inlineVolumeSpec && name === undefined) errors.required(path, oneSource);
  else if (inlineVolumeSpec && name !== undefined) errors.forbidden(path, oneSource);
  else if (name === '')
    errors.required(`${path}.persistentVolumeName`, 'must specify non empty persistentVolumeName');
  else if (inlineVolumeSpec)
    validateVolumeSpec(errors, inlineVolumeSpec, `${path}.inlineVolumeSpec`, { name: '', inline: true });
}

function validateError(errors: FieldErrors, error: VolumeError | undefined, path: string): void {
  if (!error) return;
  // Upstream names the limit of the metadata, not of the message.
  if (longerThan(error.message ?? '', maxMessage)) errors.tooLong(`${path}.message`, maxMetadata);
  const code = error.errorCode;
  if (code !== undefined && code < 0) errors.invalid(`${path}.errorCode`, code, rangeMessage(0, 2147483647));
}

function validateStatus(errors: FieldErrors, status: VolumeAttachmentStatus): void {
  let size = 0;
  for (const [key, value] of Object.entries(status.attachmentMetadata ?? {}))
    size += Buffer.byteLength(key) + Buffer.byteLength(value);
  if (size > maxMetadata) errors.tooLong('status.attachmentMetadata', maxMetadata);
  validateError(errors, status.attachError, 'status.attachError');
  validateError(errors, status.detachError, 'status.detachError');
}

function validate(errors: FieldErrors, { spec, status }: VolumeAttachment): void {
  validateDriverName(errors, spec.attacher, 'spec.attacher');
  validateSource(errors, spec.source);
  errors.invalids('spec.nodeName', spec.nodeName, dnsSubdomain(spec.nodeName));
  validateStatus(errors, status);
  const name = spec.source.persistentVolumeName;
  if (name !== undefined) errors.invalids('spec.source.persistentVolumeName', name, dnsSubdomain(name));
}

// Upstream's internal type has no JSON names.
function printSpec({ spec }: VolumeAttachment): unknown {
  const { persistentVolumeName = null, inlineVolumeSpec } = spec.source;
  return {
    Attacher: spec.attacher,
    Source: {
      PersistentVolumeName: persistentVolumeName,
      InlineVolumeSpec: inlineVolumeSpec ? internalJson(inlineVolumeSpec, 'PersistentVolumeSpec') : null,
    },
    NodeName: spec.nodeName,
  };
}

function validateUpdate(attachment: VolumeAttachment, old: VolumeAttachment) {
  const errors = new FieldErrors();
  validate(errors, attachment);
  validateImmutable(errors, attachment.spec, old.spec, 'spec', printSpec(attachment));
  return errors.list;
}

function docOf(field: string) {
  return doc(`storage.k8s.io/v1.VolumeAttachment${field}`);
}

export const volumeAttachment = defineKind<VolumeAttachment>({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'VolumeAttachment',
  metadataChecks: ['whole'],
  nameRule: subdomainName,
  returnsDeletedObject: true,
  setDefaults({ spec }) {
    const inline = spec.source.inlineVolumeSpec;
    if (inline) setVolumeSourceDefaults(inline);
  },
  prepareForCreate(attachment) {
    attachment.status = { attached: false };
  },
  validateCreate(attachment) {
    const errors = new FieldErrors();
    validate(errors, attachment);
    return errors.list;
  },
  allowUnconditionalUpdate: false,
  prepareForUpdate: (attachment, old) => takeBack(attachment, old, 'status'),
  validateUpdate,

  subresources: {
    status: {
      metadataChecks: ['whole'],
      resetFields: [['metadata'], ['spec']],
      prepareForUpdate(attachment, old) {
        attachment.spec = old.spec;
        keepMetadata(attachment, old);
      },
      validateUpdate,
    },
  },

  table: {
    columns: [
      nameColumn,
      column('Attacher', 'string', docOf('Spec.attacher'), 'name'),
      column('PV', 'string', docOf('Source.persistentVolumeName')),
      column('Node', 'string', docOf('Spec.nodeName')),
      column('Attached', 'boolean', docOf('Status.attached')),
      ageColumn,
    ],
    row: (attachment, context) => ({
      cells: [
        nameOf(attachment),
        attachment.spec.attacher,
        attachment.spec.source.persistentVolumeName ?? '',
        attachment.spec.nodeName,
        attachment.status?.attached ?? false,
        ageOf(attachment, context),
      ],
    }),
  },
});
