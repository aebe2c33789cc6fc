// A client from an address and an identity.
import { Client } from './client.ts';
import { type HttpsTransportOptions, openHttpsTransport } from './https-transport.ts';

/** A cluster and an identity. */
export interface ConnectOptions extends HttpsTransportOptions {
  /** A bearer token; a function is asked anew for each request. */
  readonly token?: string | (() => string);
}

/** A client of a cluster. Opens no connection yet. */
export function connect(options: ConnectOptions, userAgent: string): Client {
  const { token: bearer } = options;
  const headers =
    bearer === undefined
      ? undefined
      : () => ({ authorization: `Bearer ${typeof bearer === 'function' ? bearer() : bearer}` });
  return new Client(openHttpsTransport(options), { userAgent, headers });
}
