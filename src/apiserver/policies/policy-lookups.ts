// What policies of either sort look things up in.
import type { KubeObject } from '../../api/object.ts';
import { notFound } from '../../api/status.ts';
import type { AdmissionRequest } from '../admission/admission.ts';
import type { MatchLookups } from '../admission/request-match.ts';
import type { Authorizer } from '../authorization/authorizer.ts';
import type { ServedResource } from '../resources.ts';
import type { ResourceOfKind } from './params.ts';

/** What policies look things up in. */
export interface PolicyLookups extends MatchLookups {
  /** A resource of the group of admission configurations. */
  readonly configurations: (plural: string) => ServedResource;
  readonly authorizer: Authorizer;
  readonly resourceOfKind: ResourceOfKind;
  /** A namespace; undefined where there is none. The object is shared. */
  namespace(name: string): KubeObject | undefined;
}

/** The namespace of a request as expressions see it; namespaces themselves are in none. Throws 404. */
export function requestNamespace(request: AdmissionRequest, lookups: PolicyLookups): KubeObject | undefined {
  const { definition } = request.resource;
  const isNamespace = definition.group === '' && definition.kind === 'Namespace';
  if (request.namespace === '' || isNamespace) return undefined;
  const found = lookups.namespace(request.namespace);
  if (found === undefined) throw notFound({ group: '', resource: 'namespaces' }, request.namespace);
  return found;
}
