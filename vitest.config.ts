import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { alias: { 'kubeskiff/testing': new URL('./src/testing/testing.ts', import.meta.url).pathname } },
  test: {
    exclude: ['**/node_modules/**', 'dist/**', 'test/clients/**'],
    testTimeout: 30_000,
    hookTimeout: 30_000,
    pool: 'forks',
    // Whole-system tests wait more than they work: both cores are used, also where vitest would leave one free.
    maxWorkers: 2,
    projects: [
      // Unit tests share no state but modules: loading these once for all files halves their time.
      {
        extends: true,
        test: { name: 'unit', include: ['src/**/*.test.ts', 'openapi/**/*.test.ts'], isolate: false },
      },
      { extends: true, test: { name: 'system', include: ['test/**/*.test.ts'] } },
    ],
  },
});
