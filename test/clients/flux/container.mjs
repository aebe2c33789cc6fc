// As much of Docker as a suite asks for that wants one container before its first test: it has every image, and what it starts
// is ready at once. What the container would be (OpenBao) only says that it is there.
import { createServer } from 'node:http';

/** What the requests are answered, by method and path without its version; `null` for no content. */
function answers(port) {
  const bindings = [{ HostIp: '127.0.0.1', HostPort: `${port}` }];
  return [
    [/^GET \/images\/.+\/json$/, { Id: 'image' }],
    [/^POST \/containers\/create$/, { Id: 'container' }],
    [/^POST \/containers\/container\/start$/, null],
    [
      /^GET \/containers\/container\/json$/,
      { Id: 'container', NetworkSettings: { Ports: { '8200/tcp': bindings } } },
    ],
    [/^DELETE \/containers\/container$/, null],
    [/^GET \/v1\/sys\/init$/, { initialized: true }],
    [/^(POST|PUT) \/v1\/sys\/mounts\/.+$/, null],
  ];
}

/** Starts it on a free port of 127.0.0.1; resolves with the address for DOCKER_HOST, and with what ends it. */
export async function startContainers() {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost');
    const asked = `${request.method} ${pathname}`;
    const found = answers(server.address().port).find(([pattern]) => pattern.test(asked));
    request.resume();
    if (found === undefined) response.writeHead(404).end(JSON.stringify({ message: `nothing at ${asked}` }));
    else if (found[1] === null) response.writeHead(204).end();
    else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(found[1]));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
