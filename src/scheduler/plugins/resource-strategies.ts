// How free resources become a score. Upstream: plugins/noderesources/{least_allocated,most_allocated,
// requested_to_capacity_ratio}.go and plugins/helper/shape_score.go.
import { maxNodeScore } from '../framework.ts';
import type { ScoringStrategy, ShapePoint } from '../profile.ts';

/** The score of a node from what is asked of each resource (the pod included) and what there is; 0 capacity does not count. */
export type ResourceScorer = (requested: readonly number[], capacity: readonly number[]) => number;

type ResourceScore = (requested: number, capacity: number) => number;

const maxCustomScore = 10;
const maxUtilization = 100;

const leastAllocated: ResourceScore = (requested, capacity) =>
  requested > capacity ? 0 : Math.trunc(((capacity - requested) * maxNodeScore) / capacity);

const mostAllocated: ResourceScore = (requested, capacity) =>
  Math.trunc((Math.min(requested, capacity) * maxNodeScore) / capacity);

/** A curve of straight lines through the points; flat before the first and after the last. */
function brokenLine(points: readonly ShapePoint[]): (at: number) => number {
  const scaled = points.map(({ utilization, score }) => ({
    utilization,
    score: score * (maxNodeScore / maxCustomScore),
  }));
  return (at) => {
    for (const [i, point] of scaled.entries()) {
      if (at > point.utilization) continue;
      if (i === 0) return point.score;
      const before = scaled[i - 1]!;
      const rise = (point.score - before.score) * (at - before.utilization);
      return before.score + Math.trunc(rise / (point.utilization - before.utilization));
    }
    return scaled.at(-1)?.score ?? 0;
  };
}

function alongShape(shape: readonly ShapePoint[]): ResourceScore {
  const curve = brokenLine(shape);
  return (requested, capacity) =>
    curve(requested > capacity ? maxUtilization : Math.trunc((requested * maxUtilization) / capacity));
}

/** The scorer of a strategy: the mean of the resources' scores by their weights. */
export function resourceScorer({ type, resources, shape }: ScoringStrategy): ResourceScorer {
  const isRatio = type === 'RequestedToCapacityRatio';
  if (isRatio && !shape?.length) throw new Error('RequestedToCapacityRatio needs a shape');
  const scoreOf = isRatio ? alongShape(shape!) : type === 'MostAllocated' ? mostAllocated : leastAllocated;
  return (requested, capacity) => {
    let sum = 0;
    let weights = 0;
    for (let i = 0; i < resources.length; i++) {
      if (capacity[i] === 0) continue;
      const score = scoreOf(requested[i]!, capacity[i]!);
      // with a shape, resources that score nothing do not count either
      if (isRatio && score <= 0) continue;
      sum += score * resources[i]!.weight;
      weights += resources[i]!.weight;
    }
    if (weights === 0) return 0;
    return isRatio ? Math.round(sum / weights) : Math.trunc(sum / weights);
  };
}
