// Ingress of extensions/v1beta1 and networking.k8s.io/v1beta1: backends were a name and a port beside each other.
// Upstream: pkg/apis/extensions/v1beta1/conversion.go, and the same of networking/v1beta1.
import type * as extensionsV1beta1 from '#types/extensions_v1beta1';
import type * as v1 from '#types/networking.k8s.io_v1';
import type * as networkingV1beta1 from '#types/networking.k8s.io_v1beta1';
import { legacyConversion, type TypedConversion } from './convert.ts';

type OldIngress = extensionsV1beta1.Ingress | networkingV1beta1.Ingress;
type OldBackend = extensionsV1beta1.IngressBackend;

function backendToday({ serviceName = '', servicePort = 0, ...rest }: OldBackend): v1.IngressBackend {
  if (serviceName === '' && servicePort === 0) return rest;
  const port = typeof servicePort === 'number' ? { number: servicePort } : { name: servicePort };
  return { ...rest, service: { name: serviceName, port } };
}

function backendOld({ service, ...rest }: v1.IngressBackend): OldBackend {
  if (!service) return rest;
  const { name, port } = service;
  return { ...rest, serviceName: name, servicePort: port?.name || (port?.number ?? 0) };
}

interface Backended<B> {
  rules?: { http?: { paths: { backend: B }[] | null } }[] | undefined;
}

/** Changes the backends of all rules in place. */
function convertRules<From, To>(spec: Backended<From>, convert: (backend: From) => To): void {
  for (const { http } of spec.rules ?? [])
    for (const path of http?.paths ?? [])
      (path as unknown as { backend: To }).backend = convert(path.backend);
}

function ingressOf(old: string): TypedConversion<OldIngress, v1.Ingress> {
  return {
    old,
    today: 'networking.k8s.io/v1',
    setDefaults({ spec }) {
      for (const { http } of spec?.rules ?? [])
        for (const path of http?.paths ?? []) path.pathType ??= 'ImplementationSpecific';
    },
    toToday({ spec = {}, ...rest }) {
      const { backend, ...kept } = spec;
      convertRules(kept, backendToday);
      return {
        ...rest,
        spec: { ...(backend && { defaultBackend: backendToday(backend) }), ...kept },
      } as unknown as v1.Ingress;
    },
    toOld({ spec, ...rest }) {
      const { defaultBackend, ...kept } = spec;
      convertRules(kept, backendOld);
      return {
        ...rest,
        spec: { ...(defaultBackend && { backend: backendOld(defaultBackend) }), ...kept },
      } as unknown as OldIngress;
    },
  };
}

/** extensions/v1beta1. */
export const extensionsIngress = legacyConversion(ingressOf('extensions/v1beta1'));

/** networking.k8s.io/v1beta1. */
export const networkingV1beta1Ingress = legacyConversion(ingressOf('networking.k8s.io/v1beta1'));
