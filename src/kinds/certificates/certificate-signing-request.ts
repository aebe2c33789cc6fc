// CertificateSigningRequest: what tables cannot say. Who asks is written by the server; nothing but the status changes later.
// Upstream: k8s.io/kubernetes/pkg/registry/certificates/certificates/strategy.go.
import type { CertificateSigningRequest } from '#types/certificates.k8s.io_v1';
import { formatTime } from '../../api/time.ts';
import { defineKind } from '../define-kind.ts';
import { ageOf, humanDuration, nameOf } from '../table/ages.ts';
import { ageColumn, column, nameColumn } from '../table/columns.ts';
import { FieldErrors } from '../validation/field-errors.ts';
import { takeBack } from '../validation/status-strategy.ts';
import { descriptions } from './column-descriptions.ts';
import { type RequestUpdate, validateRequest, validateRequestUpdate } from './request-rules.ts';

function setTimes(request: CertificateSigningRequest, old: CertificateSigningRequest, now: number): void {
  const time = formatTime(now);
  for (const condition of request.status.conditions ?? []) {
    if (!condition.lastUpdateTime) condition.lastUpdateTime = time;
    if (condition.lastTransitionTime) continue;
    const before = old.status.conditions?.find(
      ({ type, status, lastTransitionTime }) =>
        type === condition.type && status === condition.status && lastTransitionTime,
    );
    condition.lastTransitionTime = before?.lastTransitionTime ?? time;
  }
}

/** Gives the conditions of a type their old values, unless some were added or removed. */
function keepConditions(
  request: CertificateSigningRequest,
  old: CertificateSigningRequest,
  type: string,
): void {
  const now = request.status.conditions ?? [];
  const before = (old.status.conditions ?? []).filter((condition) => condition.type === type);
  const places = now.flatMap((condition, i) => (condition.type === type ? [i] : []));
  if (places.length !== before.length) return;
  places.forEach((place, i) => {
    now[place] = before[i]!;
  });
}

function updateRules(may: RequestUpdate) {
  return (request: CertificateSigningRequest, old: CertificateSigningRequest) => {
    const errors = new FieldErrors();
    validateRequestUpdate(errors, request, old, may);
    return errors.list;
  };
}

function conditionCell({ status }: CertificateSigningRequest): string {
  const types = new Set((status.conditions ?? []).map(({ type }) => type));
  const words = [types.has('Denied') ? 'Denied' : types.has('Approved') ? 'Approved' : 'Pending'];
  if (types.has('Failed')) words.push('Failed');
  if (status.certificate) words.push('Issued');
  return words.join(',');
}

export const certificateSigningRequest = defineKind<CertificateSigningRequest>({
  group: 'certificates.k8s.io',
  version: 'v1',
  kind: 'CertificateSigningRequest',
  metadataChecks: ['change', 'whole'],
  nameRule: () => [],
  prepareForCreate(request, { user }) {
    const { spec } = request;
    for (const field of ['username', 'uid', 'groups', 'extra'] as const) delete spec[field];
    if (user) {
      if (user.name) spec.username = user.name;
      if (user.uid) spec.uid = user.uid;
      if (user.groups.length > 0) spec.groups = [...user.groups];
      const extra = Object.entries(user.extra).map(([key, values]): [string, string[]] => [key, [...values]]);
      if (extra.length > 0) spec.extra = Object.fromEntries(extra);
    }
    request.status = {};
  },
  validateCreate(request) {
    const errors = new FieldErrors();
    validateRequest(errors, request);
    return errors.list;
  },
  prepareForUpdate(request, old) {
    request.spec = old.spec;
    takeBack(request, old, 'status');
  },
  validateUpdate: updateRules({}),

  resetFields: [['spec'], ['status']],
  subresources: {
    status: {
      metadataChecks: ['change', 'whole'],
      resetFields: [['spec'], ['status', 'conditions']],
      prepareForUpdate(request, old, { now }) {
        request.spec = old.spec;
        keepConditions(request, old, 'Approved');
        keepConditions(request, old, 'Denied');
        setTimes(request, old, now);
      },
      validateUpdate: updateRules({ certificate: true }),
    },
    approval: {
      metadataChecks: ['change', 'whole'],
      resetFields: [['spec'], ['status', 'certificate']],
      prepareForUpdate(request, old, { now }) {
        setTimes(request, old, now);
        request.spec = old.spec;
        takeBack(request.status, old.status, 'certificate');
      },
      validateUpdate: updateRules({ approval: true }),
    },
  },

  selectableFields: { 'spec.signerName': ({ spec }) => spec.signerName },
  table: {
    columns: [
      nameColumn,
      ageColumn,
      column('SignerName', 'string', descriptions.signerName),
      column('Requestor', 'string', descriptions.request),
      column('RequestedDuration', 'string', descriptions.expirationSeconds),
      column('Condition', 'string', descriptions.conditions),
    ],
    row(request, context) {
      const { signerName, username, expirationSeconds: seconds } = request.spec;
      return {
        cells: [
          nameOf(request),
          ageOf(request, context),
          signerName || '<none>',
          username ?? '',
          seconds === undefined ? '<none>' : humanDuration(seconds * 1000),
          conditionCell(request),
        ],
      };
    },
  },
});
