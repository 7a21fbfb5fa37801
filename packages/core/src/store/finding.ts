/** What an examination of a store or a bucket found out about one thing. */
export interface Finding {
  /** What was looked at, in a word or two. */
  readonly name: string;
  /** `fail`: keywhen is unsafe or can't work here. `warn`: it works, but somebody should know. */
  readonly status: "ok" | "warn" | "fail";
  /** One line: what was seen, with the numbers. */
  readonly detail: string;
  /** What to do about it. */
  readonly hint?: string | undefined;
}
