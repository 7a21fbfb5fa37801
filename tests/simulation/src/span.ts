/** How long a world's faults last. */
export interface Span {
  readonly startMs: number;
  readonly chaosMs: number;
}
