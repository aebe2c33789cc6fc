// Service: what tables cannot say.
// Upstream: k8s.io/kubernetes/pkg/registry/core/service/strategy.go.
import type { Service } from '#types/core_v1';
import { goQuote } from '../../../api/go-text.ts';
import { defineKind } from '../../define-kind.ts';
import { semanticEqual } from '../../semantic-equal.ts';
import { ageOf, nameOf } from '../../table/ages.ts';
import { labelsCell, loadBalancerCell } from '../../table/cells.ts';
import { ageColumn, column, doc, nameColumn, wideColumn } from '../../table/columns.ts';
import { cidrWarnings, ipWarnings } from '../../validation/addresses.ts';
import { FieldErrors } from '../../validation/field-errors.ts';
import { labelName } from '../../validation/names.ts';
import { takeBack } from '../../validation/status-strategy.ts';
import { validateClusterIPChange, validateFamilyChange } from './cluster-ips.ts';
import {
  isExternallyAccessible,
  isTrafficPolicy,
  needsHealthCheck,
  validateLoadBalancerClass,
  validateLoadBalancerStatus,
  validateService,
} from './rules.ts';

const hintsAnnotation = 'service.kubernetes.io/topology-aware-hints';

function usesNodePorts({ spec }: Service): boolean {
  return spec.type === 'NodePort' || spec.type === 'LoadBalancer';
}

function nodePortsOf({ spec }: Service): number[] {
  return (spec.ports ?? []).flatMap(({ nodePort }) => nodePort || []);
}

/** A changed type drops what only the old type had, unless the update says otherwise. */
function dropTypeDependentFields(service: Service, old: Service): void {
  const { spec } = service;
  const same = (...fields: (keyof Service['spec'])[]): boolean =>
    fields.every((field) => semanticEqual(spec[field], old.spec[field]));
  if (old.spec.type !== 'ExternalName' && spec.type === 'ExternalName') {
    if (same('clusterIP', 'clusterIPs')) {
      delete spec.clusterIP;
      delete spec.clusterIPs;
    }
    if (same('ipFamilies')) delete spec.ipFamilies;
    if (same('ipFamilyPolicy')) delete spec.ipFamilyPolicy;
  }
  if (usesNodePorts(old) && !usesNodePorts(service)) {
    const before = new Set(nodePortsOf(old));
    if (nodePortsOf(service).every((port) => before.has(port)))
      for (const port of spec.ports ?? []) delete port.nodePort;
  }
  if (needsHealthCheck(old) && !needsHealthCheck(service) && same('healthCheckNodePort'))
    delete spec.healthCheckNodePort;
  if (old.spec.type === 'LoadBalancer' && spec.type !== 'LoadBalancer') {
    if (same('allocateLoadBalancerNodePorts')) delete spec.allocateLoadBalancerNodePorts;
    if (same('loadBalancerClass')) delete spec.loadBalancerClass;
  }
  if (isExternallyAccessible(old) && !isExternallyAccessible(service) && same('externalTrafficPolicy'))
    delete spec.externalTrafficPolicy;
  if (spec.type !== 'LoadBalancer' && service.status)
    service.status = { ...service.status, loadBalancer: {} };
}

/** Upstream drops it whenever it reads, see defaultOnReadInternalTrafficPolicy; what is none is refused first. */
function dropUnusedPolicy({ spec }: Service): void {
  if (spec.type === 'ExternalName' && isTrafficPolicy(spec.internalTrafficPolicy))
    delete spec.internalTrafficPolicy;
}

function warnings({ spec, metadata }: Service): string[] {
  const list: string[] = [];
  if (metadata.annotations?.[hintsAnnotation] !== undefined)
    list.push(
      `annotation ${hintsAnnotation} is deprecated, please use service.kubernetes.io/topology-mode instead`,
    );
  if (spec.clusterIP && spec.clusterIP !== 'None')
    spec.clusterIPs?.forEach((ip, i) => {
      list.push(...ipWarnings(`spec.clusterIPs[${i}]`, ip));
    });
  const headless = spec.type === 'ClusterIP' && spec.clusterIP === 'None';
  const externalIPs = spec.externalIPs ?? [];
  if (headless) {
    if (spec.loadBalancerIP) list.push('spec.loadBalancerIP is ignored for headless services');
    if (externalIPs.length > 0) list.push('spec.externalIPs is ignored for headless services');
    if (spec.sessionAffinity !== 'None') list.push('spec.SessionAffinity is ignored for headless services');
  }
  externalIPs.forEach((ip, i) => {
    list.push(...ipWarnings(`spec.externalIPs[${i}]`, ip));
  });
  if (externalIPs.length > 0 && !headless && spec.type !== 'ExternalName')
    list.push('spec.externalIPs is deprecated and may no longer be implemented in some clusters');
  if (spec.loadBalancerIP) list.push(...ipWarnings('spec.loadBalancerIP', spec.loadBalancerIP));
  spec.loadBalancerSourceRanges?.forEach((range, i) => {
    list.push(...cidrWarnings(`spec.loadBalancerSourceRanges[${i}]`, range));
  });
  if (spec.type === 'ExternalName' && externalIPs.length > 0)
    list.push('spec.externalIPs is ignored when spec.type is "ExternalName"');
  if (spec.type !== 'ExternalName' && spec.externalName)
    list.push('spec.externalName is ignored when spec.type is not "ExternalName"');
  if (spec.trafficDistribution === 'PreferClose')
    list.push(
      `spec.trafficDistribution: ${goQuote('PreferClose')} is deprecated; use ${goQuote('PreferSameZone')}`,
    );
  return list;
}

function externalCell({ spec, status }: Service): string {
  const external = (spec.externalIPs ?? []).join(',');
  switch (spec.type) {
    case 'ClusterIP':
    case 'NodePort':
      return external || '<none>';
    case 'LoadBalancer': {
      const balancer = loadBalancerCell(status?.loadBalancer?.ingress);
      return [balancer, external].filter((text) => text !== '').join(',') || '<pending>';
    }
    case 'ExternalName':
      return spec.externalName ?? '';
    default:
      return '<unknown>';
  }
}

function portsCell({ spec }: Service): string {
  const ports = (spec.ports ?? []).map(({ port, nodePort, protocol }) =>
    nodePort ? `${port}:${nodePort}/${protocol}` : `${port}/${protocol}`,
  );
  return ports.join(',') || '<none>';
}

export const service = defineKind<Service>({
  group: '',
  version: 'v1',
  kind: 'Service',
  returnsDeletedObject: true,
  nameRule: labelName,
  setDefaults(service) {
    const { spec, status } = service;
    if (!spec.sessionAffinity) spec.sessionAffinity = 'None';
    if (spec.sessionAffinity === 'None') delete spec.sessionAffinityConfig;
    if (
      spec.sessionAffinity === 'ClientIP' &&
      spec.sessionAffinityConfig?.clientIP?.timeoutSeconds === undefined
    )
      spec.sessionAffinityConfig = { clientIP: { timeoutSeconds: 10800 } };
    if (!spec.type) spec.type = 'ClusterIP';
    for (const port of spec.ports ?? []) {
      if (!port.protocol) port.protocol = 'TCP';
      if (port.targetPort === undefined || port.targetPort === 0 || port.targetPort === '')
        port.targetPort = port.port;
    }
    if (isExternallyAccessible(service) && !spec.externalTrafficPolicy)
      spec.externalTrafficPolicy = 'Cluster';
    if (['NodePort', 'LoadBalancer', 'ClusterIP'].includes(spec.type))
      spec.internalTrafficPolicy ??= 'Cluster';
    if (spec.type !== 'LoadBalancer') return;
    spec.allocateLoadBalancerNodePorts ??= true;
    for (const ingress of status?.loadBalancer?.ingress ?? []) if (ingress.ip) ingress.ipMode ??= 'VIP';
  },

  prepareForCreate(service) {
    service.status = { loadBalancer: {} };
    dropUnusedPolicy(service);
  },
  validateCreate(service) {
    const errors = new FieldErrors();
    validateService(errors, service);
    return errors.list;
  },
  warningsOnCreate: warnings,
  allowCreateOnUpdate: true,

  prepareForUpdate(service, old) {
    takeBack(service, old, 'status');
    dropTypeDependentFields(service, old);
    dropUnusedPolicy(service);
  },
  validateUpdate(service, old) {
    const errors = new FieldErrors();
    validateClusterIPChange(errors, service, old);
    validateFamilyChange(errors, service, old);
    validateLoadBalancerClass(errors, service, old);
    const changed = (service.spec.healthCheckNodePort ?? 0) !== (old.spec.healthCheckNodePort ?? 0);
    if (needsHealthCheck(old) && needsHealthCheck(service) && changed)
      errors.forbidden('spec.healthCheckNodePort', 'field is immutable');
    validateService(errors, service, old);
    return errors.list;
  },
  warningsOnUpdate: warnings,

  subresources: {
    status: {
      prepareForUpdate(service, old) {
        service.spec = old.spec;
      },
      validateUpdate({ spec, status }, old) {
        const errors = new FieldErrors();
        validateLoadBalancerStatus(errors, status?.loadBalancer, old.status?.loadBalancer, spec.type);
        return errors.list;
      },
      warningsOnUpdate: ({ status }) =>
        (status?.loadBalancer?.ingress ?? []).flatMap(({ ip }, i) =>
          ip ? ipWarnings(`status.loadBalancer.ingress[${i}]`, ip) : [],
        ),
    },
  },

  selectableFields: {
    'spec.clusterIP': ({ spec }) => spec.clusterIP ?? '',
    'spec.type': ({ spec }) => spec.type ?? '',
  },
  table: {
    columns: [
      nameColumn,
      column('Type', 'string', doc('core/v1.ServiceSpec.type')),
      column('Cluster-IP', 'string', doc('core/v1.ServiceSpec.clusterIP')),
      column('External-IP', 'string', doc('core/v1.ServiceSpec.externalIPs')),
      column('Port(s)', 'string', doc('core/v1.ServiceSpec.ports')),
      ageColumn,
      wideColumn('Selector', 'string', doc('core/v1.ServiceSpec.selector')),
    ],
    row: (service, context) => ({
      cells: [
        nameOf(service),
        service.spec.type ?? '',
        service.spec.clusterIPs?.[0] ?? service.spec.clusterIP ?? '<none>',
        externalCell(service),
        portsCell(service),
        ageOf(service, context),
        labelsCell(service.spec.selector),
      ],
    }),
  },
});
