// Field management of custom resources whose managers work in several versions, which a webhook converts.
// Upstream: structured-merge-diff/v6/merge/update.go, which asks for the forms of objects, and
// k8s.io/apimachinery/pkg/util/managedfields/internal/versionconverter.go, which gets them.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApiServer, type TestApiServer } from '../../src/testing/api-server.ts';
import { type Answer, send } from '../apiserver/api.ts';
import {
  type ConversionHook,
  converted,
  type Review,
  startConversionHook,
  type Versioned,
} from '../apiserver/conversion-hook.ts';

const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const group = 'owners.example.com';
const applyType = 'application/apply-patch+yaml';

/** `color` is called `paint` in v2 and `tint` in v3; what all call alike stays. */
const colorName: Record<string, string> = { v1: 'color', v2: 'paint', v3: 'tint' };

function versionOf(apiVersion: string): string {
  return apiVersion.slice(group.length + 1);
}

function convert({ spec, ...object }: Versioned, apiVersion: string): Versioned {
  const { [colorName[versionOf(object.apiVersion)]!]: color, ...rest } = spec ?? {};
  const name = colorName[versionOf(apiVersion)]!;
  return { ...object, apiVersion, spec: color === undefined ? rest : { ...rest, [name]: color } };
}

interface Entry {
  manager: string;
  operation: string;
  apiVersion: string;
  fieldsV1: Record<string, Record<string, object>>;
}

/** Who owns which members of spec, in which version. */
function owners({ metadata }: Answer['body']): string[] {
  const entries = (metadata['managedFields'] ?? []) as unknown as Entry[];
  const texts = entries.map(({ manager, operation, apiVersion, fieldsV1 }) => {
    const fields = Object.keys(fieldsV1['f:spec'] ?? {}).map((name) => name.replace('f:', ''));
    return `${manager} ${operation} ${versionOf(apiVersion)}: ${fields.join(' ')}`;
  });
  return texts.sort();
}

describe('managers of several versions', () => {
  let server: TestApiServer;
  let hook: ConversionHook;
  const honest = (review: Review): object => converted(review, convert);
  const failing = ({ apiVersion, kind, request }: Review): object => ({
    apiVersion,
    kind,
    response: { uid: request.uid, result: { status: 'Failure', message: 'out of order' } },
  });
  const failure = (version: string): string =>
    `conversion webhook for ${group}/${version}, Kind=Thing failed: out of order`;
  const path = (version: string, name = ''): string =>
    `/apis/${group}/${version}/namespaces/default/things/${name}`.replace(/\/$/, '');
  const ask = (method: string, url: string, body?: unknown, type = 'application/json'): Promise<Answer> =>
    send(server.url, method, url, {
      ...(body !== undefined && { body }),
      headers: { 'content-type': type },
    });
  const ok = async (answered: Promise<Answer>): Promise<Answer['body']> => {
    const { status, body } = await answered;
    expect(status, body?.message).toBeLessThan(300);
    return body;
  };
  const thing = (version: string, name: string, spec: object): object => ({
    apiVersion: `${group}/${version}`,
    kind: 'Thing',
    metadata: { name },
    spec,
  });
  const apply = (version: string, name: string, manager: string, spec: object, query = ''): Promise<Answer> =>
    ask(
      'PATCH',
      `${path(version, name)}?fieldManager=${manager}${query}`,
      thing(version, name, spec),
      applyType,
    );
  const patch = (version: string, name: string, manager: string, spec: object): Promise<Answer> =>
    ask('PATCH', `${path(version, name)}?fieldManager=${manager}`, { spec }, 'application/merge-patch+json');
  const desired = (): string[] =>
    hook.asked.map(({ request }) => {
      expect(request.objects).toHaveLength(1);
      return `${versionOf(request.objects[0]!.apiVersion)} to ${versionOf(request.desiredAPIVersion)}`;
    });

  beforeAll(async () => {
    hook = await startConversionHook();
    server = await startTestApiServer();
    const text = { type: 'string' };
    const version = (name: string): object => ({
      name,
      served: true,
      storage: name === 'v1',
      schema: {
        openAPIV3Schema: {
          type: 'object',
          properties: {
            spec: {
              type: 'object',
              properties: { [colorName[name]!]: text, size: text, shape: text },
            },
          },
        },
      },
    });
    const names = { plural: 'things', kind: 'Thing' };
    const versions = ['v1', 'v2', 'v3'].map(version);
    await ok(
      ask('POST', definitions, {
        apiVersion: 'apiextensions.k8s.io/v1',
        kind: 'CustomResourceDefinition',
        metadata: { name: `things.${group}` },
        spec: { group, scope: 'Namespaced', names, versions, conversion: hook.conversion },
      }),
    );
  });
  afterAll(async () => {
    await server.close();
    await hook.close();
  });

  it('does not ask the webhook where all managers work in the version of the request', async () => {
    hook.answer = honest;
    hook.asked = [];
    await ok(apply('v1', 'alone', 'one', { color: 'red' }));
    await ok(patch('v1', 'alone', 'two', { size: 'big' }));
    await ok(apply('v1', 'alone', 'one', { color: 'blue' }));
    expect(hook.asked).toEqual([]);
  });

  it('takes a field from the manager of another version that calls it otherwise', async () => {
    hook.answer = honest;
    await ok(apply('v1', 'taken', 'one', { color: 'red', size: 'big' }));
    hook.asked = [];
    const updated = await ok(patch('v2', 'taken', 'two', { paint: 'blue' }));
    expect(updated.spec).toEqual({ paint: 'blue', size: 'big' });
    expect(owners(updated)).toEqual(['one Apply v1: size', 'two Update v2: paint']);
    // the stored object, what managers of v1 had and have, the way to storage and back
    expect(desired()).toEqual(['v1 to v2', 'v2 to v1', 'v2 to v1', 'v2 to v1', 'v1 to v2']);
  });

  it('says which field of another version is in conflict, in the name that its manager knows', async () => {
    hook.answer = honest;
    await ok(apply('v1', 'conflicts', 'one', { color: 'red', size: 'big' }));
    const { status, body } = await apply('v2', 'conflicts', 'two', { paint: 'blue', size: 'big' });
    expect([status, body.message]).toEqual([
      409,
      'Apply failed with 1 conflict: conflict with "one": .spec.color',
    ]);
    expect((body as unknown as { details: { causes: object[] } }).details.causes).toEqual([
      {
        reason: 'FieldManagerConflict',
        message: 'conflict with "one"',
        field: '.spec.color',
      },
    ]);
    const forced = await ok(apply('v2', 'conflicts', 'two', { paint: 'blue', size: 'big' }, '&force=true'));
    expect(forced.spec).toEqual({ paint: 'blue', size: 'big' });
    expect(owners(forced)).toEqual(['one Apply v1: size', 'two Apply v2: paint size']);
    await ok(patch('v1', 'conflicts', 'four', { shape: 'flat' }));
    const updater = await apply('v3', 'conflicts', 'three', { shape: 'round' });
    expect(updater.body.message).toBe(
      'Apply failed with 1 conflict: conflict with "four" using owners.example.com/v1: .spec.shape',
    );
    // the same value is shared, not taken
    const shared = await ok(apply('v3', 'conflicts', 'three', { tint: 'blue' }));
    expect(owners(shared)).toEqual([
      'four Update v1: shape',
      'one Apply v1: size',
      'three Apply v3: tint',
      'two Apply v2: paint size',
    ]);
  });

  it('removes what an applier gave up, unless another version owns it', async () => {
    hook.answer = honest;
    await ok(apply('v1', 'removals', 'one', { color: 'red', size: 'big', shape: 'round' }));
    await ok(apply('v2', 'removals', 'two', { paint: 'red' }));
    const less = await ok(apply('v1', 'removals', 'one', { size: 'big' }));
    expect(less.spec).toEqual({ color: 'red', size: 'big' });
    expect(owners(less)).toEqual(['one Apply v1: size', 'two Apply v2: paint']);
    const none = await ok(apply('v2', 'removals', 'two', { shape: 'flat' }));
    expect(none.spec).toEqual({ shape: 'flat', size: 'big' });
    expect(owners(none)).toEqual(['one Apply v1: size', 'two Apply v2: shape']);
  });

  it('follows an applier into another version', async () => {
    hook.answer = honest;
    await ok(apply('v1', 'moves', 'one', { color: 'red', size: 'big' }));
    await ok(patch('v3', 'moves', 'three', { shape: 'flat' }));
    const moved = await ok(apply('v2', 'moves', 'one', { paint: 'red' }));
    expect(moved.spec).toEqual({ paint: 'red', shape: 'flat' });
    expect(owners(moved)).toEqual(['one Apply v2: paint', 'three Update v3: shape']);
  });

  it('goes through the version of the request from one version to a third', async () => {
    hook.answer = honest;
    await ok(apply('v1', 'hubs', 'one', { color: 'red', size: 'big' }));
    await ok(apply('v3', 'hubs', 'three', { shape: 'flat' }));
    await ok(apply('v2', 'hubs', 'one', { paint: 'red', size: 'big' }));
    hook.asked = [];
    const less = await ok(apply('v2', 'hubs', 'one', { paint: 'red' }));
    expect(less.spec).toEqual({ paint: 'red', shape: 'flat' });
    expect(desired().filter((text) => text === 'v1 to v3' || text === 'v3 to v1')).toEqual([]);
  });

  it('refuses an apply, and forgets the managers in an update, where the webhook fails', async () => {
    hook.answer = honest;
    await ok(apply('v2', 'fails', 'two', { paint: 'red' }));
    hook.answer = failing;
    const applied = await apply('v1', 'fails', 'one', { size: 'big' });
    expect([applied.status, applied.body.message]).toEqual([500, failure('v1')]);
    const updated = await ok(patch('v1', 'fails', 'one', { size: 'big' }));
    expect(updated.spec).toEqual({ color: 'red', size: 'big' });
    expect(updated.metadata['managedFields']).toBeUndefined();
  });

  it('says in which step the webhook failed', async () => {
    hook.answer = honest;
    await ok(apply('v2', 'steps', 'two', { paint: 'red' }));
    await ok(apply('v1', 'steps', 'one', { size: 'big', shape: 'flat' }));
    const failsOn = (is: (object: Versioned) => boolean): void => {
      hook.answer = (review) => (is(review.request.objects[0]!) ? failing(review) : honest(review));
    };
    failsOn(({ spec }) => spec['size'] === 'huge');
    const changed = await apply('v1', 'steps', 'three', { size: 'huge' });
    expect(changed.body.message).toBe(`failed to convert new object: ${failure('v1')}`);
    failsOn(({ spec }) => spec['shape'] === 'flat' && spec['size'] === 'huge');
    const pruned = await apply('v1', 'steps', 'one', { size: 'huge' });
    expect(pruned.body.message).toBe(
      `failed to prune fields: failed add back owned items: failed to convert merged object at version ${group}/v2: ${failure('v1')}`,
    );
  });

  it('refuses what the webhook makes of an object where the other version does not know it', async () => {
    hook.answer = honest;
    await ok(apply('v2', 'unknown', 'two', { paint: 'red' }));
    hook.answer = (review) =>
      converted(review, (object, apiVersion) => {
        const good = convert(object, apiVersion);
        return { ...good, spec: { ...good.spec, extra: 'x' } };
      });
    const applied = await apply('v1', 'unknown', 'one', { size: 'big' });
    expect([applied.status, applied.body.message]).toEqual([
      500,
      '.spec.extra: field not declared in schema',
    ]);
  });

  it('says so where a manager works in a version that is gone, and forgets the managers in an update', async () => {
    hook.answer = honest;
    await ok(apply('v3', 'gone', 'three', { tint: 'red' }));
    const definition = `${definitions}/things.${group}`;
    const current = (await ok(ask('GET', definition))) as unknown as { spec: { versions: object[] } };
    const { versions } = current.spec;
    await ok(
      ask('PUT', definition, { ...current, spec: { ...current.spec, versions: versions.slice(0, 2) } }),
    );
    const applied = await apply('v1', 'gone', 'one', { size: 'big' });
    expect([applied.status, applied.body.message]).toEqual([
      500,
      'request to convert CR to an invalid group/version: owners.example.com/v3',
    ]);
    const updated = await ok(patch('v1', 'gone', 'one', { size: 'big' }));
    expect(updated.metadata['managedFields']).toBeUndefined();
  });
});
