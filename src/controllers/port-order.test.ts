import { expect, test } from 'vitest';
import { sortSlicePorts, sortSubsetPorts } from './port-order.ts';

// Hashes of a Go program over k8s.io/api 0.36: slice ports http b6c4..., h2c 7b23...; subset ports http 754b..., https 78b4...
test('ports are sorted by the hash of their Go dump, not by name', () => {
  const http = { name: 'http', port: 80, protocol: 'TCP' };
  const h2c = { name: '', port: 8443, protocol: 'TCP', appProtocol: 'h2c' };
  expect(sortSlicePorts([http, h2c])).toEqual([h2c, http]);
  const https = { name: 'https', port: 443, protocol: 'TCP', appProtocol: 'x' };
  expect(sortSubsetPorts([https, http])).toEqual([http, https]);
});
