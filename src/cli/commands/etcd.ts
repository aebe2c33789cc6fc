// `kubeskiff etcd`: what programs find that want an etcd beside their API server. It holds the ports and says that it is
// well; nothing is stored in it, since our API server stores by itself.
import { createServer, type Server } from 'node:http';
import { helpText, type OptionGroup, parseOptions, UsageError } from '../options.ts';
import { untilSignal } from '../signals.ts';

const ignored =
  `advertise-client-urls auto-compaction-mode auto-compaction-retention data-dir election-timeout
enable-v2 experimental-initial-corrupt-check heartbeat-interval initial-advertise-peer-urls initial-cluster
initial-cluster-state initial-cluster-token log-level log-outputs logger max-request-bytes name quota-backend-bytes
snapshot-count unsafe-no-fsync`.split(/\s+/);

const groups: readonly OptionGroup[] = [
  {
    title: 'Flags',
    options: [
      {
        name: 'listen-client-urls',
        value: 'URLS',
        multiple: true,
        default: 'http://127.0.0.1:2379',
        help: 'where /health is answered',
      },
      { name: 'listen-peer-urls', value: 'URLS', multiple: true, help: 'ports to hold' },
      ...ignored.map((name) => ({ name, value: 'VALUE', help: 'accepted without effect' })),
      { name: 'version', help: 'print the version that /version tells' },
      { name: 'help', help: 'print this text' },
    ],
  },
];

// What etcd a client of Kubernetes 1.36 expects to find.
const version = '3.6.0';

const answers: Readonly<Record<string, unknown>> = {
  '/health': { health: 'true', reason: '' },
  '/version': { etcdserver: version, etcdcluster: version },
};

function listen(text: string): Promise<Server> {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new UsageError(`etcd: ${text} is no URL`);
  }
  const server = createServer((request, response) => {
    const answer = answers[(request.url ?? '').split('?', 1)[0]!];
    response.writeHead(answer ? 200 : 404, { 'content-type': 'application/json' });
    response.end(
      JSON.stringify(answer ?? { message: 'this etcd only holds its port; the API server stores by itself' }),
    );
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(Number(url.port || 80), url.hostname.replace(/^\[|\]$/g, ''), () => resolve(server));
  });
}

/** Holds the ports until a signal. */
export async function etcdCommand(args: readonly string[]): Promise<number> {
  const given = args.map((a) => (a === '--unsafe-no-fsync' ? `${a}=true` : a));
  const options = parseOptions('etcd', given, groups);
  if (options.flag('help')) {
    process.stdout.write(helpText('etcd [flags]', 'A stand-in for etcd: it answers /health.', groups));
    return 0;
  }
  if (options.flag('version')) {
    process.stdout.write(`etcd Version: ${version}\n`);
    return 0;
  }
  const ended = untilSignal();
  const urls = [...options.list('listen-client-urls'), ...options.list('listen-peer-urls')];
  const servers = await Promise.all(urls.map(listen));
  await ended;
  for (const server of servers) {
    server.close();
    server.closeAllConnections();
  }
  return 0;
}
