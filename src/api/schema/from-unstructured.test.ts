import { describe, expect, it } from 'vitest';
import { DecodeError } from './explain.ts';
import { fromUnstructured } from './from-unstructured.ts';

const container = (more: object): object => ({ spec: { containers: [{ name: 'c', ...more }] } });

// The texts of k8s.io/apimachinery 0.36.3's FromUnstructured.
describe('from unstructured', () => {
  it.each([
    [{ metadata: { labels: 'invalid' } }, 'cannot restore map from string'],
    [{ metadata: { labels: ['a'] } }, 'cannot restore map from slice'],
    [{ metadata: { labels: { a: 1 } } }, 'cannot convert int64 to string'],
    [{ metadata: { labels: { a: 1.5 } } }, 'unrecognized type: string'],
    [{ metadata: { uid: 3 } }, 'cannot convert int64 to types.UID'],
    [{ metadata: 7 }, 'cannot restore struct from: int64'],
    [{ metadata: { finalizers: true } }, 'cannot restore slice from bool'],
    [{ metadata: { creationTimestamp: 5 } }, 'json: cannot unmarshal number into Go value of type string'],
    [{ spec: { containers: { name: 'c' } } }, 'cannot restore slice from map'],
    [{ spec: { restartPolicy: 1 } }, 'cannot convert int64 to v1.RestartPolicy'],
    [{ spec: { hostNetwork: 'yes' } }, 'unrecognized type: bool'],
    [{ spec: { terminationGracePeriodSeconds: '5' } }, 'unrecognized type: int64'],
    [{ spec: { priority: 1.5 } }, 'cannot convert float64 to int32'],
    [container({ securityContext: 'x' }), 'cannot restore struct from: string'],
  ])('refuses %j', (value, message) => {
    expect(() => fromUnstructured('core/v1.Pod', value)).toThrow(new DecodeError(message));
  });

  it('refuses bytes that are no base64', () => {
    const message = 'error decoding from json: illegal base64 data at input byte 1';
    expect(() => fromUnstructured('core/v1.Secret', { data: { a: 'a*' } })).toThrow(new DecodeError(message));
  });

  it('cuts numbers to their fields', () => {
    const restored = fromUnstructured('core/v1.Pod', { spec: { priority: 2 ** 32 + 5 } });
    expect(restored).toEqual({ spec: { priority: 5 } });
  });

  it('leaves alone what fits, and what the type does not have', () => {
    const pod = { ...container({ ports: [{ containerPort: 80 }], image: null }), other: [1] };
    expect(fromUnstructured('core/v1.Pod', pod)).toEqual(pod);
  });
});
