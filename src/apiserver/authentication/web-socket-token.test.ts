import { expect, test } from 'vitest';
import { bearerProtocol, webSocketToken } from './web-socket-token.ts';

const upgrade = { upgrade: 'websocket', connection: 'keep-alive, Upgrade' };
const tokenOf = (protocols?: string, headers: Record<string, string> = upgrade) =>
  webSocketToken({ headers: { ...headers, 'sec-websocket-protocol': protocols } });
const encoded = (token: string | Buffer) => bearerProtocol + Buffer.from(token).toString('base64url');

test('a token among other protocols is found', () => {
  expect(tokenOf(`${encoded('secret?>')}, base64.channel.k8s.io`)).toBe('secret?>');
});

test('there is none without a WebSocket, among no protocols, or where it is empty', () => {
  expect(tokenOf(`${encoded('a')}, b`, {})).toBeUndefined();
  expect(tokenOf(`${encoded('a')}, b`, { ...upgrade, connection: 'keep-alive' })).toBeUndefined();
  expect(tokenOf()).toBeUndefined();
  expect(tokenOf('base64.channel.k8s.io')).toBeUndefined();
  expect(tokenOf(`${bearerProtocol}, b`)).toBeUndefined();
});

test('tokens that are offered wrongly are refused', () => {
  expect(() => tokenOf(`${encoded('a')}, ${encoded('b')}, c`)).toThrow('multiple');
  expect(() => tokenOf(`${encoded('a')}=, c`)).toThrow('invalid');
  expect(() => tokenOf(`${encoded(Buffer.from([0xff]))}, c`)).toThrow('invalid');
  expect(() => tokenOf(encoded('a'))).toThrow('missing additional subprotocol');
});
