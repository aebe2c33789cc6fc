// Where this server answers otherwise than the recorded one (1.28), on purpose, and why.

/** `group/case` to the reason. */
export const deviations: Readonly<Record<string, string>> = {};
