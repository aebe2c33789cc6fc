import { expect, test } from 'vitest';
import type { Container } from '#types/core_v1';
import { podInfoOf } from './pod-info.ts';
import { podRequests, resourcesOfList } from './resource-amounts.ts';
import { type PodFields, podOf } from './test-objects.ts';

function container(name: string, requests: Record<string, string>, restartPolicy?: string): Container {
  return { name, resources: { requests }, restartPolicy };
}

const mebibyte = 1024 * 1024;
const cases: { name: string; pod: PodFields; cpu: number; memory?: number; nonZero?: [number, number] }[] = [
  { name: 'nothing', pod: {}, cpu: 0, memory: 0, nonZero: [100, 200 * mebibyte] },
  {
    name: 'one container',
    pod: { requests: { cpu: '1500m', memory: '1Gi' } },
    cpu: 1500,
    memory: 1024 * mebibyte,
  },
  {
    name: 'containers add up, one without memory counts a little',
    pod: { containers: [container('a', { cpu: '1' }), container('b', { cpu: '2', memory: '1Mi' })] },
    cpu: 3000,
    memory: mebibyte,
    nonZero: [3000, 201 * mebibyte],
  },
  {
    name: 'the largest init container',
    pod: {
      containers: [container('a', { cpu: '1' })],
      initContainers: [container('i', { cpu: '3' }), container('j', { cpu: '2' })],
    },
    cpu: 3000,
  },
  {
    name: 'sidecars run beside containers and later init containers',
    pod: {
      containers: [container('a', { cpu: '1' })],
      initContainers: [
        container('i', { cpu: '4' }),
        container('s', { cpu: '2' }, 'Always'),
        container('j', { cpu: '3' }),
      ],
    },
    cpu: 5000,
  },
  { name: 'overhead', pod: { requests: { cpu: '1' }, overhead: { cpu: '250m' } }, cpu: 1250 },
  {
    name: 'requests of the pod as a whole',
    pod: { requests: { cpu: '1', memory: '1Mi' }, resources: { requests: { cpu: '3' } } },
    cpu: 3000,
    memory: mebibyte,
  },
  {
    name: 'a resize in place counts the most of what is wanted and in force',
    pod: {
      requests: { cpu: '1' },
      status: {
        containerStatuses: [
          { name: 'c', resources: { requests: { cpu: '2' } }, allocatedResources: { cpu: '1500m' } } as never,
        ],
      },
    },
    cpu: 2000,
  },
  {
    name: 'a resize that is not possible counts what is in force',
    pod: {
      requests: { cpu: '9' },
      status: {
        conditions: [{ type: 'PodResizePending', status: 'True', reason: 'Infeasible' }],
        containerStatuses: [
          { name: 'c', resources: { requests: { cpu: '2' } }, allocatedResources: { cpu: '2' } } as never,
        ],
      },
    },
    cpu: 2000,
  },
];

test.each(cases)('requests: $name', ({ pod, cpu, memory, nonZero }) => {
  const info = podInfoOf(podOf(pod));
  expect(info.requests.milliCpu).toBe(cpu);
  if (memory !== undefined) expect(info.requests.memory).toBe(memory);
  if (nonZero) expect([info.nonZeroCpu, info.nonZeroMemory]).toEqual(nonZero);
});

test('resources that nobody counts are dropped', () => {
  const list = { cpu: '2', pods: '7', 'example.com/gpu': '2', 'hugepages-2Mi': '4Mi', unknown: '3' };
  const { scalars, ...common } = resourcesOfList(list);
  expect(common).toEqual({ milliCpu: 2000, memory: 0, ephemeralStorage: 0, pods: 7 });
  expect([...scalars!]).toEqual([
    ['example.com/gpu', 2],
    ['hugepages-2Mi', 4 * mebibyte],
  ]);
});

test('requests name what is asked for only', () => {
  expect([...podRequests(podOf({ requests: { 'example.com/gpu': '1' } }))]).toEqual([['example.com/gpu', 1]]);
});
