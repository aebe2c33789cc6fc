import { defineConfig } from 'vitest/config';
import { SlowestFirst } from './test/slowest-first.ts';

/** What `npm test` leaves to `npm run test:clients`: many processes of kubectl, and attacks by the ten thousand. */
const long = [
  'test/kubectl/{access,change,create,delete,discovery,legacy-apis,limits,wait}.test.ts',
  'test/tutorial/**/*.test.ts',
  'test/apiserver/mutated-bodies.test.ts',
];

export default defineConfig({
  resolve: { alias: { 'kubeskiff/testing': new URL('./src/testing/testing.ts', import.meta.url).pathname } },
  test: {
    testTimeout: 30_000,
    hookTimeout: 30_000,
    pool: 'forks',
    // Files share no state but modules: loading these once for all halves the time.
    isolate: false,
    // Whole-system tests wait more than they work: both cores are used, also where vitest would leave one free.
    maxWorkers: 2,
    sequence: { sequencer: SlowestFirst },
    projects: [
      { extends: true, test: { name: 'unit', include: ['src/**/*.test.ts', 'openapi/**/*.test.ts'] } },
      {
        extends: true,
        test: { name: 'system', include: ['test/**/*.test.ts'], exclude: ['test/clients/**', ...long] },
      },
      { extends: true, test: { name: 'long', include: long } },
    ],
  },
});
