// Where kubectl prints otherwise here than it did at the recorded cluster (1.28.5 with controllers), and why.

/** By the number of the recorded step. */
export const deviations: Readonly<Record<number, string>> = {};

/** Texts that are other ones now; the text of today becomes the recorded one before the two are compared. */
export const rewordings: readonly { now: RegExp; recorded: string; reason: string }[] = [];
