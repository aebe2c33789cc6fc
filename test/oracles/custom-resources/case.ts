// What is compared: one question for upstream, and our answer.
import type { JsonObject } from '../../../src/api/object.ts';

/** One question, and our answer. */
export interface Case {
  readonly question: JsonObject;
  readonly ours: JsonObject;
}
