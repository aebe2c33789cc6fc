import { expect, it } from 'vitest';
import type { WatchCache } from '../../storage/watch-cache.ts';
import type { ListOptions } from '../request-options.ts';
import { continueToken, readPosition } from './read-revision.ts';

const position = (token: string): ReturnType<typeof readPosition> =>
  readPosition({} as WatchCache, 'pods/default/', { continue: token, resourceVersion: '' } as ListOptions);

const encoded = (text: string): string => Buffer.from(text).toString('base64url');

it('goes on after the last key at the same revision, or at the newest', async () => {
  expect(await position(continueToken('pods/default/', 'pods/default/a', 5))).toEqual({
    revision: 5,
    after: 'pods/default/a',
  });
  expect(await position(encoded('{"v":"meta.k8s.io/v1","rv":-1,"start":"/a"}'))).toEqual({
    revision: undefined,
    after: 'pods/default/a',
  });
});

it.each([
  ['abc', "invalid character 'i' looking for beginning of value"],
  ['ab.c', 'illegal base64 data at input byte 2'],
  ['abcde', 'illegal base64 data at input byte 4'],
  [encoded('null'), 'server does not recognize this encoded version '],
  [encoded('[]'), 'json: cannot unmarshal array into Go value of type storage.continueToken'],
  [
    encoded('{"rv":"5"}'),
    'json: cannot unmarshal string into Go struct field continueToken.rv of type int64',
  ],
  [
    encoded('{"rv":1.5}'),
    'json: cannot unmarshal number 1.5 into Go struct field continueToken.rv of type int64',
  ],
  [encoded('{"v":"v9","rv":5}'), 'server does not recognize this encoded version v9'],
  [
    encoded('{"v":"meta.k8s.io/v1","start":"a"}'),
    'incorrect encoded start resourceVersion (version meta.k8s.io/v1)',
  ],
  [encoded('{"v":"meta.k8s.io/v1","rv":5}'), 'encoded start key empty (version meta.k8s.io/v1)'],
  [encoded('{"v":"meta.k8s.io/v1","rv":5,"start":"a/../../x"}'), 'a/../../x'],
  [encoded('{"v":"meta.k8s.io/v1","rv":5,"start":"a//b"}'), 'a//b'],
])('refuses %s as Go does', async (token, why) => {
  await expect(position(token)).rejects.toThrow(`continue key is not valid: ${why}`);
});
