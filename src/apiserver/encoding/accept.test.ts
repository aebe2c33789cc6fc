import { describe, expect, it } from 'vitest';
import { ApiError } from '../../api/status.ts';
import {
  type Acceptance,
  encodingOf,
  listAcceptance,
  objectAcceptance,
  plainAcceptance,
  watchAcceptance,
} from './accept.ts';

function read(
  header: string | undefined,
  acceptance: Acceptance = objectAcceptance,
  query = '',
  agent = 'test',
): string {
  try {
    const { media, as, pretty } = encodingOf(header, new URLSearchParams(query), agent, acceptance);
    return [media, as && `${as.kind}/${as.version}`, pretty && 'pretty'].filter(Boolean).join(' ');
  } catch (error) {
    if (error instanceof ApiError) return `${error.code} ${error.message.split(':')[0]}`;
    throw error;
  }
}

const table = 'application/json;as=Table;v=v1;g=meta.k8s.io';

describe('encodingOf', () => {
  it.each([
    [undefined, 'json'],
    ['', 'json'],
    ['*/*', 'json'],
    ['application/yaml', 'yaml'],
    ['application/json;pretty=1', 'json pretty'],
    ['application/json;pretty=true', 'json'],
    ['application/yaml;pretty=1', 'yaml'],
    ['application/vnd.kubernetes.protobuf', 'protobuf'],
    ['application/vnd.kubernetes.protobuf,application/json', 'protobuf'],
    ['application/json;q=0.5,application/yaml', 'yaml'],
    [`${table},${table.replace('v=v1;', 'v=v1beta1;')},application/json`, 'json Table/v1'],
    ['application/json;as=Table;v=v9;g=meta.k8s.io,application/json', 'json'],
    ['application/json;as=Foo;v=v1;g=meta.k8s.io', '406 only the following media types are accepted'],
    ['application/cbor', '406 406'],
    ['application/*', '406 406'],
    ['text/html, application/json', 'json'],
  ])('%s gives %s', (header, expected) => {
    expect(read(header)).toBe(expected);
  });

  it('has no YAML for streams, and no transforms for plain answers', () => {
    expect(read('application/yaml', watchAcceptance)).toBe('406 only the following media types are accepted');
    expect(read('application/json;stream=watch', watchAcceptance)).toBe('json');
    expect(read(table, plainAcceptance)).toBe('406 only the following media types are accepted');
    expect(read(`${table},application/json`, plainAcceptance)).toBe('json');
  });

  it('has protobuf of custom resources only for their metadata, and of no table', () => {
    const custom = { ...objectAcceptance, custom: true };
    const protobuf = 'application/vnd.kubernetes.protobuf';
    const metadata = `${protobuf};as=PartialObjectMetadata;g=meta.k8s.io;v=v1`;
    expect(read(protobuf, custom)).toBe('406 only the following media types are accepted');
    expect(read(`${protobuf},application/json`, custom)).toBe('json');
    expect(read(metadata, custom)).toBe('protobuf PartialObjectMetadata/v1');
    expect(read(table.replace('application/json', protobuf))).toBe(
      '406 only the following media types are accepted',
    );
  });

  it('takes a version or a group without a kind for none that it knows', () => {
    expect(read('application/json;g=meta.k8s.io;v=v1')).toBe(
      '406 only the following media types are accepted',
    );
  });

  it('names the types of objects for what it does not know at all, those of streams for YAML', () => {
    const text = (header: string): string => {
      try {
        encodingOf(header, new URLSearchParams(), 'test', watchAcceptance);
        return '';
      } catch (error) {
        return (error as Error).message;
      }
    };
    expect(text('application/json;as=Foo;v=v1;g=meta.k8s.io')).toMatch(/accepted: application\/json, /);
    expect(text('application/yaml')).toMatch(/accepted: application\/json;stream=watch, /);
  });

  it('indents for people', () => {
    expect(read('*/*', objectAcceptance, 'pretty=true')).toBe('json pretty');
    expect(read('*/*', objectAcceptance, '', 'curl/8.0')).toBe('json pretty');
    expect(read('*/*', objectAcceptance, 'pretty=false', 'curl/8.0')).toBe('json');
  });

  it('names the stream types where the route has them', () => {
    expect(() => encodingOf('application/cbor', new URLSearchParams(), 'test', listAcceptance)).toThrow(
      'application/json;stream=watch',
    );
  });
});
