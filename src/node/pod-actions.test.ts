// The next steps of pods as cases.
import { describe, expect, it } from 'vitest';
import type { Container, Pod } from '#types/core_v1';
import { podActions } from './pod-actions.ts';
import type { ProbeResults } from './probes/prober.ts';
import type { RuntimeContainer, RuntimePod } from './runtimes/runtime.ts';

const image = { id: 'i', name: 'docker.io/library/nginx:latest', sizeBytes: 1 };

function spec(name: string, restartPolicy?: string): Container {
  return { name, image: 'nginx', resources: {}, ...(restartPolicy && { restartPolicy }) } as Container;
}

function pod(restartPolicy: string, init: Container[] = [], containers = [spec('a'), spec('b')]): Pod {
  return {
    metadata: { uid: 'u' },
    spec: { restartPolicy, initContainers: init, containers },
    status: {},
  } as Pod;
}

/** `a running`, `a exited 3`; `- ...` for a sandbox that is not ready. */
function known(text: string): RuntimePod | undefined {
  if (text === '') return undefined;
  const isReady = !text.startsWith('-');
  const containers = text
    .replace(/^[-+]\s*,?\s*/, '')
    .split(', ')
    .filter(Boolean)
    .map((part): RuntimeContainer => {
      const [name = '', state = '', code = '0'] = part.split(' ');
      const times = { createdAt: 0, startedAt: 0, finishedAt: undefined };
      return {
        id: name,
        name,
        attempt: 0,
        image,
        state: state as 'running',
        ...times,
        exitCode: Number(code),
        reason: '',
        message: '',
      };
    });
  return { uid: 'u', sandbox: { id: 's', isReady, ips: [], attempt: 0 }, containers };
}

function stepsOf(given: Pod, state: string, probes: Record<string, ProbeResults> = {}): string {
  const actions = podActions({
    pod: given,
    runtimePod: known(state),
    probe: (c) => probes[c.name] ?? { started: true, ready: true },
  });
  const names = (list: readonly { name: string }[]): string => list.map((c) => c.name).join(',');
  return [
    actions.killPod && 'kill pod',
    actions.createSandbox && `sandbox ${actions.attempt}`,
    ...actions.kill.map((k) => `kill: ${k.message}`),
    actions.startInit.length > 0 && `init ${names(actions.startInit)}`,
    actions.start.length > 0 && `start ${names(actions.start)}`,
  ]
    .filter(Boolean)
    .join('; ');
}

const side = spec('side', 'Always');

describe('steps', () => {
  it.each([
    ['nothing is there', pod('Always'), '', 'sandbox 0; start a,b'],
    ['with init containers', pod('Always', [spec('i')]), '', 'sandbox 0; init i'],
    ['an empty sandbox', pod('Always'), '+', 'start a,b'],
    ['all run', pod('Always'), '+ a running, b running', ''],
    ['one ended, Always', pod('Always'), '+ a exited 0, b running', 'start a'],
    ['one ended, OnFailure', pod('OnFailure'), '+ a exited 0, b running', ''],
    ['one failed, OnFailure', pod('OnFailure'), '+ a exited 1, b running', 'start a'],
    ['one failed, Never', pod('Never'), '+ a exited 1, b running', ''],
    ['all ended, Never', pod('Never'), '+ a exited 0, b exited 1', 'kill pod'],
    [
      'the sandbox is gone, Always',
      pod('Always'),
      '- a exited 0, b exited 0',
      'kill pod; sandbox 1; start a,b',
    ],
    ['the sandbox is gone, Never', pod('Never'), '- a exited 0, b exited 0', 'kill pod'],
    [
      'the sandbox is gone, OnFailure',
      pod('OnFailure'),
      '- a exited 0, b exited 1',
      'kill pod; sandbox 1; start b',
    ],
    ['no init container was started', pod('Always', [spec('i'), spec('j')]), '+', 'init i'],
    ['init runs', pod('Always', [spec('i'), spec('j')]), '+ i running', ''],
    ['init done, the next', pod('Always', [spec('i'), spec('j')]), '+ i exited 0', 'init j'],
    ['init done, all', pod('Always', [spec('i'), spec('j')]), '+ j exited 0, i exited 0', 'start a,b'],
    ['init done, the first forgotten', pod('Always', [spec('i'), spec('j')]), '+ j exited 0', 'start a,b'],
    ['init failed, Always', pod('Always', [spec('i')]), '+ i exited 1', 'init i'],
    ['init failed, Never', pod('Never', [spec('i')]), '+ i exited 1', 'kill pod'],
    ['a sidecar runs, the next', pod('Always', [side, spec('j')]), '+ side running', 'init j'],
    ['a sidecar runs, the others', pod('Always', [side]), '+ side running', 'start a,b'],
    ['a sidecar ended', pod('Always', [side]), '+ side exited 0, a running, b running', 'init side'],
    ['a sidecar was lost', pod('Always', [side]), '+ a running, b running', 'init side'],
    [
      'a sidecar ended while init goes on',
      pod('Always', [side, spec('j')]),
      '+ j running, side exited 1',
      'init side',
    ],
    ['only a sidecar is left', pod('Never', [side]), '+ side running, a exited 0, b exited 0', 'kill pod'],
  ])('%s', (_, given, state, expected) => {
    expect(stepsOf(given, state)).toBe(expected);
  });

  it('a sidecar that has not started holds the others up', () => {
    const probes = { side: { started: false, ready: false } };
    expect(stepsOf(pod('Always', [side]), '+ side running', probes)).toBe('');
  });

  it('a container whose image was changed is started anew, whatever the policy', () => {
    const given = pod('Never', [], [{ ...spec('a'), image: 'nginx:2' }]);
    expect(stepsOf(given, '+ a running')).toBe(
      'kill: Container a definition changed, will be restarted; start a',
    );
  });

  it('a probe that failed kills, and restarts where the policy says so', () => {
    const probes: Record<string, ProbeResults> = { a: { started: true, ready: false, failed: 'liveness' } };
    const state = '+ a running, b running';
    expect(stepsOf(pod('Always'), state, probes)).toBe(
      'kill: Container a failed liveness probe, will be restarted; start a',
    );
    expect(stepsOf(pod('Never'), state, probes)).toBe('kill: Container a failed liveness probe');
  });
});
