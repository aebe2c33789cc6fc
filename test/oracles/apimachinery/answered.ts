// Our answer to a question that may be refused.
import type { JsonObject } from '../../../src/api/object.ts';

/** What `answer` returns, or the text of the error that it throws, if that is a refusal. */
export function answered(
  answer: () => JsonObject,
  isRefusal: (error: unknown) => error is Error,
): JsonObject {
  try {
    return answer();
  } catch (error) {
    if (isRefusal(error)) return { error: error.message };
    throw error;
  }
}
