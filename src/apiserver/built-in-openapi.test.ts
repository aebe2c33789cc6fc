import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { joinOpenApi, joinOpenApiProtobuf, openApiV2 } from '../api/openapi/open-api-parts.ts';
import { legacyResources } from '../kinds/legacy/legacy-resources.ts';
import { builtinResources, everyResource } from '../kinds/registry.ts';
import { type BuiltInOpenApi, builtInOpenApiV2, savedBuiltInOpenApiV2 } from './built-in-openapi.ts';

describe('the file with what is built in', () => {
  const folder = mkdtempSync(join(tmpdir(), 'built-in-openapi-'));
  const saved = join(folder, 'saved');
  const none = join(folder, 'none');
  beforeAll(async () => writeFileSync(saved, await savedBuiltInOpenApiV2()));
  afterAll(() => rmSync(folder, { recursive: true }));

  /** The two forms, as hashes: they are large to compare. */
  async function documents(of: BuiltInOpenApi, file: string) {
    const parts = await builtInOpenApiV2(of, file);
    const hash = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
    return {
      json: hash(joinOpenApi(openApiV2, parts)),
      protobuf: hash(joinOpenApiProtobuf(openApiV2, parts)),
    };
  }

  const all = { resources: everyResource(), enums: true };
  const usual = { resources: builtinResources(), enums: true };
  const fewer = usual.resources.filter(({ plural }) => plural !== 'pods');

  const otherVerbs = usual.resources.map((r) => (r.plural === 'pods' ? { ...r, verbs: ['get'] } : r));
  const legacy = [...usual.resources, ...legacyResources()];

  it.each<[string, BuiltInOpenApi]>([
    ['every resource', all],
    ['what is served by default', usual],
    ['fewer', { resources: fewer, enums: true }],
    ['resources of versions that are gone', { resources: legacy, enums: true }],
    ['resources with other verbs', { resources: otherVerbs, enums: true }],
    ['a server without enums', { ...usual, enums: false }],
  ])('has what would be made of %s', async (_, of) => {
    expect(await documents(of, saved)).toEqual(await documents(of, none));
  });

  it('is read, not made', async () => {
    const parts = await builtInOpenApiV2(usual, saved);
    expect(parts).toHaveLength(1);
    const { paths } = parts[0]!.sections;
    expect(paths.get('/apis/apps/v1/deployments')!.json.length).toBeGreaterThan(100);
    expect(paths.get('/version/')!.json.buffer).toBe(paths.get('/api/')!.json.buffer);
  });

  it('is not taken where it says something else', async () => {
    const made = await documents(usual, saved);
    expect(await documents({ ...usual, enums: false }, saved)).not.toEqual(made);
    expect(await documents({ ...usual, resources: fewer }, saved)).not.toEqual(made);
    expect(await documents({ ...usual, resources: otherVerbs }, saved)).not.toEqual(made);
  });
});
