// SelfSubjectRulesReview: everything the user may do in a namespace.
// Upstream: pkg/registry/authorization/selfsubjectrulesreview/rest.go in kubernetes/kubernetes. The authorizer that lets
// system:masters do everything resolves no rules (pkg/kubeapiserver/authorizer/reload.go): theirs come from RBAC as well.
import type { SelfSubjectRulesReview } from '#types/authorization.k8s.io_v1';
import type { RoleRef } from '#types/rbac.authorization.k8s.io_v1';
import type { KubeObject } from '../../api/object.ts';
import { badRequest } from '../../api/status.ts';
import { missingRoleText, type RbacRules } from '../authorization/rbac.ts';
import { decodeAs } from '../encoding/body.ts';
import type { Handler } from '../handlers/handler.ts';
import { writeOptionsOf } from '../request-options.ts';
import { sendValue } from '../respond.ts';
import { admitReview, receiveReview } from './review-admission.ts';

const ref = 'authorization.k8s.io/v1.SelfSubjectRulesReview';

/** POST of selfsubjectrulesreviews. */
export function rulesReviewHandler(rules: RbacRules): Handler {
  return async (exchange, resource, context) => {
    const options = writeOptionsOf(exchange.query, 'CreateOptions');
    const asked = decodeAs(
      exchange,
      ref,
      'authorization.k8s.io/v1',
      'SelfSubjectRulesReview',
      options.fieldValidation,
    ) as SelfSubjectRulesReview & KubeObject;
    receiveReview(exchange, resource, context, asked, options.fieldManager);
    const { review, validate } = await admitReview(exchange, resource, context, asked, options.dryRun);
    const namespace = review.spec.namespace ?? '';
    if (namespace === '') throw badRequest('no namespace on request');
    await validate();
    const resourceRules: object[] = [];
    const nonResourceRules: object[] = [];
    const missing: RoleRef[] = [];
    for (const { rule } of rules.granted(exchange.user, namespace, missing)) {
      const { verbs, apiGroups, resources, resourceNames, nonResourceURLs } = rule;
      if (resources && resources.length > 0)
        resourceRules.push({ verbs, apiGroups, resources, ...(resourceNames?.length && { resourceNames }) });
      if (nonResourceURLs && nonResourceURLs.length > 0) nonResourceRules.push({ verbs, nonResourceURLs });
    }
    const status = {
      resourceRules,
      nonResourceRules,
      incomplete: missing.length > 0,
      ...(missing.length > 0 && { evaluationError: missing.map(missingRoleText).join(', ') }),
    };
    sendValue(exchange, 201, ref, {
      kind: 'SelfSubjectRulesReview',
      apiVersion: 'authorization.k8s.io/v1',
      metadata: {},
      spec: {},
      status,
    });
  };
}
