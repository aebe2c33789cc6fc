// The way from the API server to a node agent in the same process: without a socket, by the same handler.
import type { KubeletResponse, Kubelets } from '../apiserver/kubelets.ts';
import { answerKubelet } from '../node/http-server/kubelet-handler.ts';
import type { KubeletApi } from '../node/http-server/kubelet-server.ts';

/** Kubelets that are told later which agent answers: the agent needs the server first. */
export interface InProcessKubelets extends Kubelets {
  connect(api: KubeletApi): void;
}

/** Kubelets in this process. */
export function inProcessKubelets(): InProcessKubelets {
  let agent: KubeletApi | undefined;
  return {
    connect(api) {
      agent = api;
    },
    async get({ path, signal }): Promise<KubeletResponse> {
      if (!agent) throw new Error('the node agent is not started yet');
      return answerKubelet(agent, path, signal);
    },
    close: () => {},
  };
}
