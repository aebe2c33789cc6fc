// The variables by which containers find services. Upstream: k8s.io/kubernetes/pkg/kubelet/envvars/envvars.go.
import type { Service } from '#types/core_v1';

function variableName(text: string): string {
  return text.replaceAll('-', '_').toUpperCase();
}

/** WEB_SERVICE_HOST, WEB_SERVICE_PORT, WEB_PORT_80_TCP and their like; none for a service without an address. */
export function serviceEnvironment(service: Service): { name: string; value: string }[] {
  const { clusterIP, ports } = service.spec;
  if (!clusterIP || clusterIP === 'None' || !ports?.length) return [];
  const prefix = variableName(service.metadata.name ?? '');
  const host = clusterIP.includes(':') ? `[${clusterIP}]` : clusterIP;
  const port = `${prefix}_SERVICE_PORT`;
  const all = [
    { name: `${prefix}_SERVICE_HOST`, value: clusterIP },
    { name: port, value: String(ports[0]!.port) },
  ];
  for (const p of ports)
    if (p.name) all.push({ name: `${port}_${variableName(p.name)}`, value: String(p.port) });
  ports.forEach((p, i) => {
    const protocol = p.protocol ?? 'TCP';
    const address = `${protocol.toLowerCase()}://${host}:${p.port}`;
    if (i === 0) all.push({ name: `${prefix}_PORT`, value: address });
    const own = `${prefix}_PORT_${p.port}_${protocol.toUpperCase()}`;
    all.push(
      { name: own, value: address },
      { name: `${own}_PROTO`, value: protocol.toLowerCase() },
      { name: `${own}_PORT`, value: String(p.port) },
      { name: `${own}_ADDR`, value: clusterIP },
    );
  });
  return all;
}
