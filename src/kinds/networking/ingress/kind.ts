// Ingress: what tables cannot say.
// Upstream: k8s.io/kubernetes/pkg/registry/networking/ingress/strategy.go.
import type { Ingress, IngressRule } from '#types/networking.k8s.io_v1';
import { goQuote } from '../../../api/go-text.ts';
import { defineKind } from '../../define-kind.ts';
import { ageOf, nameOf } from '../../table/ages.ts';
import { loadBalancerCell } from '../../table/cells.ts';
import { ageColumn, column, nameColumn } from '../../table/columns.ts';
import { ipWarnings } from '../../validation/addresses.ts';
import { FieldErrors } from '../../validation/field-errors.ts';
import { subdomainName } from '../../validation/names.ts';
import { firstGeneration, raiseGeneration, takeBack } from '../../validation/status-strategy.ts';
import { keptFaults, validateIngress, validateIngressStatus } from './rules.ts';

const classAnnotation = 'kubernetes.io/ingress.class';

function hostsCell(rules: readonly IngressRule[]): string {
  const hosts: string[] = [];
  for (const { host } of rules) {
    if (hosts.length === 3) return `${hosts.join(',')} + ${rules.length - 3} more...`;
    if (host) hosts.push(host);
  }
  return hosts.join(',') || '*';
}

export const ingress = defineKind<Ingress>({
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'Ingress',
  metadataChecks: ['change', 'whole'],
  nameRule: subdomainName,
  prepareForCreate(ingress) {
    ingress.status = { loadBalancer: {} };
    firstGeneration(ingress);
  },
  validateCreate(ingress) {
    const errors = new FieldErrors();
    validateIngress(errors, ingress);
    const annotation = ingress.metadata.annotations?.[classAnnotation];
    const name = ingress.spec.ingressClassName;
    if (annotation !== undefined && name !== undefined && annotation !== name)
      errors.invalid(
        `annotations.${classAnnotation}`,
        annotation,
        'must match `ingressClassName` when both are specified',
      );
    return errors.list;
  },
  warningsOnCreate({ metadata, spec }) {
    if (metadata.annotations?.[classAnnotation] === undefined || spec.ingressClassName !== undefined)
      return [];
    return [
      `annotation ${goQuote(classAnnotation)} is deprecated, please use 'spec.ingressClassName' instead`,
    ];
  },
  prepareForUpdate(ingress, old) {
    takeBack(ingress, old, 'status');
    raiseGeneration(ingress, old);
  },
  validateUpdate(ingress, old) {
    const errors = new FieldErrors();
    validateIngress(errors, ingress, keptFaults(old));
    return errors.list;
  },

  subresources: {
    status: {
      prepareForUpdate(ingress, old) {
        ingress.spec = old.spec;
      },
      validateUpdate({ status }, old) {
        const errors = new FieldErrors();
        validateIngressStatus(errors, status.loadBalancer, old.status.loadBalancer);
        return errors.list;
      },
      warningsOnUpdate: ({ status }) =>
        (status.loadBalancer?.ingress ?? []).flatMap(({ ip }, i) =>
          ip ? ipWarnings(`status.loadBalancer.ingress[${i}]`, ip) : [],
        ),
    },
  },

  table: {
    columns: [
      nameColumn,
      column(
        'Class',
        'string',
        'The name of the IngressClass resource that should be used for additional configuration',
      ),
      column('Hosts', 'string', 'Hosts that incoming requests are matched against before the ingress rule'),
      column('Address', 'string', 'Address is a list containing ingress points for the load-balancer'),
      column('Ports', 'string', 'Ports of TLS configurations that open'),
      ageColumn,
    ],
    row: (ingress, context) => ({
      cells: [
        nameOf(ingress),
        ingress.spec.ingressClassName ?? '<none>',
        hostsCell(ingress.spec.rules ?? []),
        loadBalancerCell(ingress.status?.loadBalancer?.ingress),
        ingress.spec.tls?.length ? '80, 443' : '80',
        ageOf(ingress, context),
      ],
    }),
  },
});
