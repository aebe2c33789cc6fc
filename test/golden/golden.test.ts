// The exchanges recorded from a real API server, replayed. Each must go as recorded but for what deviations.ts lists with
// its reason; a listed case that went as recorded is a fault of the list.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemRandom } from '../../src/api/clock.ts';
import { startTestApiServer, type TestApiServer } from '../../src/testing/api-server.ts';
import { deviations } from './deviations.ts';
import { type GoldenCase, Replay } from './replay.ts';

const groups = [
  'bootstrap',
  'discovery',
  'errors',
  'lists',
  'patches',
  'watch',
  'deletion',
  'subresources',
  'tables',
  'defaulting',
  'validation',
  'crds',
];
// Services get addresses and ports from the upper ends of their ranges, so that none takes one that a recorded Service asks for.
const random = { ...systemRandom, float: () => 0.8 };
const here = dirname(fileURLToPath(import.meta.url));

function casesOf(group: string): GoldenCase[] {
  return JSON.parse(readFileSync(join(here, 'cases', `${group}.json`), 'utf8')) as GoldenCase[];
}

for (const group of groups) {
  describe(`golden: ${group}`, () => {
    let server: TestApiServer;
    let replay: Replay;
    beforeAll(async () => {
      server = await startTestApiServer({ random });
      replay = new Replay(server.url);
    });
    const counts = { asRecorded: 0, deviating: 0 };
    afterAll(async () => {
      await server.close();
      const { asRecorded, deviating } = counts;
      console.log(
        `golden ${group}: ${asRecorded} of ${casesOf(group).length} as recorded, ${deviating} deviate for a listed reason`,
      );
    });

    for (const golden of casesOf(group)) {
      const reason = deviations[`${group}/${golden.name}`];
      it(`${golden.name}${reason ? ` (deviates: ${reason})` : ''}`, async () => {
        const found = await replay.run(golden);
        if (reason) {
          expect(found, 'went as recorded: take it off the list of deviations').not.toEqual([]);
          counts.deviating++;
        } else {
          expect(found.join('\n')).toBe('');
          counts.asRecorded++;
        }
      });
    }
  });
}
