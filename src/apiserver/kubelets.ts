// How the API server reaches the kubelets of nodes: for logs today, for commands and tunnels later.
// Upstream: pkg/kubelet/client/kubelet_client.go.
import { Agent, request as httpsRequest } from 'node:https';
import type { Node } from '#types/core_v1';

/** A request to the kubelet of a node. */
export interface KubeletRequest {
  /** The node as it is stored: its addresses and ports say where the kubelet listens. */
  readonly node: Node;
  /** Path and query: `/containerLogs/NAMESPACE/POD/CONTAINER?follow=true`. */
  readonly path: string;
  /** Aborted when the client left. */
  readonly signal: AbortSignal;
}

/** What a kubelet answers. */
export interface KubeletResponse {
  readonly status: number;
  readonly body: AsyncIterable<Buffer>;
}

/** Sends requests to kubelets. Rejects with an Error whose text tells why one could not be reached. */
export interface Kubelets {
  get(request: KubeletRequest): Promise<KubeletResponse>;
  close(): void;
}

/** How kubelets are reached over HTTPS. */
export interface HttpsKubeletOptions {
  /** PEM: the API server's client certificate, and the authorities of the kubelets' certificates. */
  readonly certificate: string;
  readonly key: string;
  readonly authority: string;
  /** Where every kubelet is reached, whatever address its node has; '' for the address of the node. */
  readonly address: string;
}

// The order in which addresses of nodes are tried: upstream's --kubelet-preferred-address-types.
const preferredTypes = ['Hostname', 'InternalDNS', 'InternalIP', 'ExternalDNS', 'ExternalIP'];
const defaultPort = 10250;

/** The address at which a node wants to be reached. */
function addressOf(node: Node): string | undefined {
  const addresses = node.status?.addresses ?? [];
  for (const type of preferredTypes) {
    const found = addresses.find((a) => a.type === type);
    if (found) return found.address;
  }
  return undefined;
}

/** Kubelets over HTTPS. */
export function httpsKubelets({ certificate, key, authority, address }: HttpsKubeletOptions): Kubelets {
  const agent = new Agent({ keepAlive: true });
  return {
    get({ node, path, signal }) {
      const host = address || addressOf(node);
      const port = node.status?.daemonEndpoints?.kubeletEndpoint?.Port || defaultPort;
      return new Promise((resolve, reject) => {
        if (host === undefined) {
          reject(new Error(`no preferred addresses found; known addresses: []`));
          return;
        }
        const request = httpsRequest(
          { host, port, path, agent, cert: certificate, key, ca: authority, signal, servername: '' },
          (response) =>
            resolve({ status: response.statusCode ?? 500, body: response as AsyncIterable<Buffer> }),
        );
        request.on('error', (cause) =>
          reject(new Error(`Get "https://${host}:${port}${path}": ${cause.message}`, { cause })),
        );
        request.end();
      });
    },
    close: () => agent.destroy(),
  };
}

/** For a server that is not told how kubelets are reached. */
export const noKubelets: Kubelets = {
  get: ({ node }) =>
    Promise.reject(
      new Error(
        `node ${JSON.stringify(node.metadata.name)} cannot be reached: this API server has no way to kubelets`,
      ),
    ),
  close: () => {},
};
