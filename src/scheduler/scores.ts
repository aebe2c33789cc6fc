// Brings scores of nodes to the range from 0 to 100. Upstream: plugins/helper/normalize_score.go.
import { maxNodeScore } from './framework.ts';

/** Scales so that the highest becomes 100; `reverse`: so that the highest becomes 0. In place. */
export function scaleScores(scores: number[], reverse = false): void {
  const highest = Math.max(0, ...scores);
  for (let i = 0; i < scores.length; i++) {
    const scaled = highest === 0 ? 0 : Math.trunc((maxNodeScore * scores[i]!) / highest);
    scores[i] = reverse ? maxNodeScore - scaled : scaled;
  }
}
