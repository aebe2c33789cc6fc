// How applying a patch fails. The API server maps the reason to a status, once.

/** `badRequest` (400), `unprocessable` (422): what a client is to blame for. */
export type PatchErrorReason = 'badRequest' | 'unprocessable';

/** The patch is not valid or does not apply; `message` is upstream's. */
export class PatchError extends Error {
  readonly reason: PatchErrorReason;

  constructor(message: string, reason: PatchErrorReason) {
    super(message);
    this.name = 'PatchError';
    this.reason = reason;
  }
}
