// A few connections that each carry several requests at a time (HTTP/1.1 pipelining): a burst of writes costs neither a TLS
// handshake nor system calls for each. For servers that work on the requests of one connection side by side; most answer one
// after the other.
import { Client } from 'undici';
import { exchange } from './exchange.ts';
import type { TransportRequest, TransportResponse } from './transport.ts';

/** One connection. */
interface Connection {
  readonly client: Client;
  /** Requests without an answer yet. */
  load: number;
}

/** See the head of this file. */
export class SharedConnections {
  private readonly connections: readonly Connection[];

  /**
   * `server`: URL without a path; `count`: how many connections, opened when they are needed; `requests`: how many a connection
   * carries at a time, more wait.
   */
  constructor(server: string, count: number, requests: number, options: Client.Options) {
    this.connections = Array.from({ length: count }, () => ({
      client: new Client(server, { ...options, pipelining: requests }),
      load: 0,
    }));
  }

  /** Sends by the connection that waits for the fewest answers, so that a slow request is mostly waited for by itself alone. */
  send(request: TransportRequest): Promise<TransportResponse> {
    const connection = this.leastLoaded();
    connection.load += 1;
    return exchange(connection.client, request, {
      shared: true,
      ended: () => {
        connection.load -= 1;
      },
    });
  }

  /** Ends the connections; requests under way fail. */
  async close(): Promise<void> {
    await Promise.all(this.connections.map(({ client }) => client.destroy()));
  }

  private leastLoaded(): Connection {
    let least = this.connections[0]!;
    for (const connection of this.connections) {
      if (connection.load === 0) return connection;
      if (connection.load < least.load) least = connection;
    }
    return least;
  }
}
