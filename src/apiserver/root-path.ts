// GET /: the paths that the server knows.
// Upstream: k8s.io/apiserver/pkg/server/routes/index.go.
import type { PathHandler } from './dispatch.ts';
import type { ResourceTable } from './resource-table.ts';

/** Serves / and /index.html; `others` are the paths beside the API groups. */
export function rootPath(table: ResourceTable, others: readonly string[]): PathHandler {
  return (exchange) => {
    if ((exchange.path !== '/' && exchange.path !== '/index.html') || exchange.method !== 'GET') return false;
    const paths = new Set(['/api', '/api/v1', '/apis', '/apis/', ...others]);
    for (const { definition } of table.all()) {
      if (definition.group === '') continue;
      paths.add(`/apis/${definition.group}`).add(`/apis/${definition.group}/${definition.version}`);
    }
    exchange.send(200, 'application/json', JSON.stringify({ paths: [...paths].sort() }, null, 2));
    return true;
  };
}
