// Requests whose time is over before they have an answer.
// Upstream: baseTimeoutWriter in k8s.io/apiserver/pkg/server/filters/timeout.go.
import { timeout } from '../api/status.ts';
import type { Exchange } from './exchange.ts';

/** The time of the request is over: whoever notices goes no further. */
export class LateRequest extends Error {}

/** What a request is told that took too long: a status without its kind. */
export function lateStatusText(): string {
  const { status } = timeout('request did not complete within the allotted timeout', 0);
  const { kind: _kind, apiVersion: _version, ...rest } = status;
  return `${JSON.stringify(rest)}\n`;
}

/** The answer of a request that took too long: a status that says of itself that it is text. */
export function sendLate(exchange: Exchange): void {
  exchange.send(504, 'text/plain; charset=utf-8', lateStatusText());
}
