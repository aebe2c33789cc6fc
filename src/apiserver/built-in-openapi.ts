// What is built in of the OpenAPI 2 document. To make it takes some 100 ms when nothing has been compiled yet, so the package
// has it in a file beside the program, resource by resource: what is served is a choice of them.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { OpenApiV2Part } from '../api/openapi/open-api-parts.ts';
import type { OpenApiResource } from '../api/openapi/operations.ts';
import { everyResource, type ResourceDefinition } from '../kinds/registry.ts';

/** The file of the package, which is not there when the sources are run. */
export const builtInOpenApiFile = 'built-in-openapi-v2';

/** What the part is made of. */
export interface BuiltInOpenApi {
  readonly resources: readonly ResourceDefinition[];
  /** Whether fields list what they can be. */
  readonly enums: boolean;
}

/** Says what a resource is, to the last verb. */
function resourceName(resource: OpenApiResource): string {
  const { group, version, plural, kind, listKind, namespaced, verbs, subresources } = resource;
  return JSON.stringify([group, version, plural, kind, listKind, namespaced, verbs, subresources]);
}

/** Names the paths that are no resources: those of a group, or of every server. */
function pathsName(group: string | undefined): string {
  return group === undefined ? 'paths' : `paths of ${group}`;
}

/** Groups with a name that have built-in resources. */
export function namedGroups(resources: readonly ResourceDefinition[]): string[] {
  return [...new Set(resources.map(({ group }) => group))].filter((group) => group !== '');
}

async function builder(): Promise<(of: BuiltInOpenApi, groups: readonly string[]) => OpenApiV2Part> {
  const { buildOpenApiV2 } = await import('../api/openapi/open-api-v2.ts');
  const { openApiPart, openApiV2 } = await import('../api/openapi/open-api-parts.ts');
  const { serverPaths } = await import('../api/openapi/server-paths.ts');
  return ({ resources, enums }, groups) =>
    openApiPart(openApiV2, buildOpenApiV2(resources, { enums }, serverPaths(groups)));
}

/** The parts that make it up: from the file what that has, the rest made. Parts have entries in common. */
export async function builtInOpenApiV2(
  of: BuiltInOpenApi,
  file = fileURLToPath(new URL(builtInOpenApiFile, import.meta.url)),
): Promise<OpenApiV2Part[]> {
  const { resources, enums } = of;
  const groups = namedGroups(resources);
  if (!enums || !existsSync(file)) return [(await builder())(of, groups)];
  const { readOpenApiV2Part } = await import('../api/openapi/saved-open-api-v2.ts');
  const names = [pathsName(undefined), ...groups.map(pathsName), ...resources.map(resourceName)];
  const { part, missing } = readOpenApiV2Part(await readFile(file), names);
  if (missing.size === 0) return [part];
  const rest = resources.filter((resource) => missing.has(resourceName(resource)));
  const restOfGroups = groups.filter((group) => missing.has(pathsName(group)));
  return [part, (await builder())({ resources: rest, enums }, restOfGroups)];
}

/** What the file has: every resource of this version of Kubernetes. */
export async function savedBuiltInOpenApiV2(): Promise<Buffer> {
  const { saveOpenApiV2Parts } = await import('../api/openapi/saved-open-api-v2.ts');
  const build = await builder();
  const nothing: BuiltInOpenApi = { resources: [], enums: true };
  return saveOpenApiV2Parts(
    new Map([
      [pathsName(undefined), build(nothing, [])],
      ...namedGroups(everyResource()).map(
        (group) => [pathsName(group), build(nothing, [group])] as [string, OpenApiV2Part],
      ),
      ...everyResource().map(
        (resource) =>
          [resourceName(resource), build({ ...nothing, resources: [resource] }, [])] as [
            string,
            OpenApiV2Part,
          ],
      ),
    ]),
  );
}
