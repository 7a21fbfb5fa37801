/** What every answer with a status from 400 holds. */
export interface ApiErrorBody {
  readonly error: {
    /** To act on: `invalid-request`, `invalid-time`, `read-only`, `not-found`, `denied`, … */
    readonly code: string;
    /** One line: what was wrong. */
    readonly message: string;
    /** What to do about it. */
    readonly hint?: string;
  };
}
