// What a filter is: a step that every request passes before it reaches its handler.
import type { Exchange } from '../exchange.ts';

/**
 * Throws an ApiError or sends a response itself to stop a request; returns false when it answered, true to go on.
 * Filters run in the order of the list in pipeline.ts.
 */
export type Filter = (exchange: Exchange) => boolean | Promise<boolean>;
