// What a claim's status takes besides the right to write it: allocating takes `binding`, reports of devices take `driver`.
// Upstream: AuthorizedForBinding and AuthorizedForDeviceStatus in pkg/registry/resource/utils.go in kubernetes/kubernetes.
import type { AllocatedDeviceStatus, ResourceClaim } from '#types/resource.k8s.io_v1';
import { type FieldError, forbiddenField } from '../../api/field-error.ts';
import { path } from '../../api/field-path.ts';
import { invalidObject } from '../../api/status.ts';
import { semanticEqual } from '../../kinds/semantic-equal.ts';
import { type AuthorizationAttributes, type Authorizer, forbiddenText } from '../authorization/authorizer.ts';
import type { UserInfo } from '../exchange.ts';
import type { AdmissionRequest, AdmissionStep } from './admission.ts';

const group = 'resource.k8s.io';
const serviceAccount = /^system:serviceaccount:[^:]+:[^:]+$/;

type Status = ResourceClaim['status'];

function keyOf({ driver, pool, device, shareID = '' }: AllocatedDeviceStatus): string {
  return JSON.stringify([driver, pool, device, shareID]);
}

/** The drivers whose reports come, go or change, sorted. */
function changedDrivers(status: Status, old: Status): string[] {
  const before = new Map((old.devices ?? []).map((device) => [keyOf(device), device]));
  const drivers = new Set<string>();
  for (const device of status.devices ?? []) {
    const known = before.get(keyOf(device));
    before.delete(keyOf(device));
    if (known === undefined || !semanticEqual(known, device)) drivers.add(device.driver);
  }
  for (const { driver } of before.values()) drivers.add(driver);
  return [...drivers].sort();
}

/** The node that an allocation names; undefined where it names none, or more. */
function nodeOf({ allocation }: Status): string | undefined {
  const terms = allocation?.nodeSelector?.nodeSelectorTerms ?? [];
  const { matchExpressions = [], matchFields = [] } = terms[0] ?? {};
  const field = matchFields[0];
  const isOne = terms.length === 1 && matchExpressions.length === 0 && matchFields.length === 1;
  const names = isOne && field?.key === 'metadata.name' && field.operator === 'In' ? field.values : undefined;
  return names?.length === 1 ? names[0] : undefined;
}

/** Whether the user is a service account on that node. */
function isOn(user: UserInfo, node: string | undefined): boolean {
  const names = user.extra['authentication.kubernetes.io/node-name'] ?? [];
  return node !== undefined && serviceAccount.test(user.name) && names.length === 1 && names[0] === node;
}

/** The text of what none of these allows; undefined where one does. */
function refused(authorizer: Authorizer, asked: readonly AuthorizationAttributes[]): string | undefined {
  const texts: string[] = [];
  for (const attributes of asked) {
    const { allowed, reason } = authorizer.authorize(attributes);
    if (allowed) return undefined;
    const name = attributes.name === '' ? '' : ` ${JSON.stringify(attributes.name)}`;
    texts.push(`resourceclaims.${group}${name} is forbidden: ${forbiddenText(attributes, reason)}`);
  }
  return texts[0];
}

function faults(authorizer: Authorizer, request: AdmissionRequest, verb: string): FieldError[] {
  const { status } = request.object as unknown as ResourceClaim;
  const old = (request.oldObject as unknown as ResourceClaim).status;
  const { user } = request;
  const { version } = request.resource.definition;
  const claims = { user, isResource: true, group, version, resource: 'resourceclaims', path: '' };
  const errors: FieldError[] = [];
  const at = path('status');
  const view = ({ allocation, reservedFor }: Status): unknown => [allocation ?? null, reservedFor ?? []];
  if (!semanticEqual(view(status), view(old))) {
    const why = refused(authorizer, [{ ...claims, verb, subresource: 'binding', namespace: '', name: '' }]);
    const what = `changing status.allocation or status.reservedFor requires resource="resourceclaims/binding", verb="${verb}" permission`;
    if (why !== undefined) errors.push(forbiddenField(at.child('allocation'), `${what}: ${why}`));
  }
  if (!status.allocation) return errors;
  const verbs = [`arbitrary-node:${verb}`];
  if (isOn(user, nodeOf(status))) verbs.unshift(`associated-node:${verb}`);
  const { namespace } = request;
  for (const name of changedDrivers(status, old)) {
    const asked = verbs.map((of) => ({ ...claims, verb: of, subresource: 'driver', namespace, name }));
    const why = refused(authorizer, asked);
    const what = `changing status.devices requires resource="resourceclaims/driver", verb="[${verbs.join(' ')}]" permission`;
    if (why !== undefined) errors.push(forbiddenField(at.child('devices'), `${what}: ${why}`));
  }
  return errors;
}

/** Checks who may change what of a claim's status; refuses with 422, as the strategy does upstream. */
export function claimStatusRights(authorizer: Authorizer): AdmissionStep {
  return {
    name: 'ResourceClaimStatusRights',
    validate(request) {
      const { groupResource } = request.resource;
      if (groupResource.group !== group || groupResource.resource !== 'resourceclaims') return;
      if (request.subresource !== 'status' || request.verb === undefined || !request.oldObject) return;
      const errors = faults(authorizer, request, request.verb);
      if (errors.length > 0) throw invalidObject({ group, kind: 'ResourceClaim' }, request.name, errors);
    },
  };
}
