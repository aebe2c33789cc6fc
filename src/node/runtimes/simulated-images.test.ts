import { describe, expect, test } from 'vitest';
import { requireInRegistry } from './simulated-images.ts';

const asked = (image: string) => () => requireInRegistry({ node: 'node-1', image, annotations: {} });

describe('the simulated registry', () => {
  test.each(['nginx:bad', 'nginx:404', 'doesnotexist', 'team/does-not-exist:1', 'foo:non-existent'])(
    'has no %s',
    (image) => {
      expect(asked(image)).toThrow(`failed to resolve reference "docker.io/`);
    },
  );

  test.each(['nginx', 'nginx:1.27', 'registry.example.com:5000/team/app:v1', 'existent:1'])(
    'has %s',
    (image) => {
      expect(asked(image)).not.toThrow();
    },
  );
});
