// An API server inside the test's process, with memory storage and fixed users. No TLS: nothing here crosses a machine.
import { pino } from 'pino';
import { type Clock, type Random, systemClock, systemRandom } from '../api/clock.ts';
import { tokenFileAuthenticator } from '../apiserver/authentication/token-file.ts';
import { type ApiServer, createApiServer } from '../apiserver/server.ts';
import { generateSigningKey } from '../cluster/pki.ts';
import { type ServedApiOptions, servedApis } from '../cluster/served-apis.ts';
import { openMemoryStorage } from '../storage/backends/memory.ts';
import type { Storage } from '../storage/storage.ts';

/** What a test may choose. */
export interface TestApiServerOptions extends ServedApiOptions {
  readonly clock?: Clock;
  readonly storage?: Storage;
  /** CSV as in a token file; the default has the users admin, limited and nobody. */
  readonly tokens?: string;
  readonly serviceRange?: string;
  /** Where the endpoints of `kubernetes` say that the server is. Default: 192.0.2.10. */
  readonly advertiseAddress?: string;
  readonly disabledAdmission?: readonly string[];
  /** After how long a watch that names no timeout may end. */
  readonly minRequestTimeoutMs?: number;
  /** What /flagz tells; absent: it is not served. */
  readonly flags?: Readonly<Record<string, string>>;
  /** Default: a free one. */
  readonly port?: number;
  /** Default: the machine's randomness. */
  readonly random?: Random;
}

/** A server for tests. */
export interface TestApiServer extends AsyncDisposable {
  readonly server: ApiServer;
  readonly storage: Storage;
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  close(): Promise<void>;
}

const users = `admin-token,admin,admin-uid,"system:masters"
limited-token,limited,limited-uid,"team"
nobody-token,nobody,nobody-uid
`;

/** Starts a server; it answers on a free port of 127.0.0.1 when this resolves. */
export async function startTestApiServer(options: TestApiServerOptions = {}): Promise<TestApiServer> {
  const storage = options.storage ?? openMemoryStorage();
  const server = createApiServer({
    storage,
    clock: options.clock ?? systemClock,
    random: options.random ?? systemRandom,
    log: pino({ level: process.env['KUBESKIFF_TEST_LOG'] ?? 'silent' }),
    tokens: [tokenFileAuthenticator(options.tokens ?? users)],
    serviceAccounts: {
      issuer: 'https://kubernetes.default.svc.cluster.local',
      signingKey: await generateSigningKey(),
    },
    serviceRange: options.serviceRange ?? '10.0.0.0/24',
    nodePortRange: '30000-32767',
    advertiseAddress: options.advertiseAddress ?? '192.0.2.10',
    disabledAdmission: new Set(options.disabledAdmission ?? []),
    minRequestTimeoutMs: options.minRequestTimeoutMs,
    flags: options.flags,
    ...(await servedApis(options)),
  });
  const port = await server.listen({ host: '127.0.0.1', port: options.port ?? 0 });
  await server.bootstrap();
  const close = async (): Promise<void> => {
    await server.close();
    await storage.close();
  };
  return { server, storage, url: `http://127.0.0.1:${port}`, close, [Symbol.asyncDispose]: close };
}
