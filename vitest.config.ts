import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { alias: { 'kubeskiff/testing': new URL('./src/testing/testing.ts', import.meta.url).pathname } },
  test: {
    include: ['src/**/*.test.ts', 'openapi/**/*.test.ts', 'test/**/*.test.ts'],
    exclude: ['**/node_modules/**', 'dist/**', 'test/clients/**'],
    testTimeout: 30_000,
    hookTimeout: 30_000,
    pool: 'forks',
  },
});
