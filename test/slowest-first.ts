// The order of test files: what takes longest begins first, so that no worker is left alone with it at the end.
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const slowest = [
  'scenarios/scenarios',
  'controllers/trials',
  'kubectl/recorded',
  'golden/golden',
  'tutorial/tutorial',
];

/** Files known to be slow before all others, these in vitest's own order. */
export class SlowestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const place = ({ moduleId }: TestSpecification): number => {
      const at = slowest.findIndex((name) => moduleId.endsWith(`/test/${name}.test.ts`));
      return at < 0 ? slowest.length : at;
    };
    return sorted.sort((a, b) => place(a) - place(b));
  }
}
