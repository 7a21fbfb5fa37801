/** The clocks of a table's world. */
export class TableTime {
  monotonicMs = 0;
  /** By the wall clock, which can be set. */
  nowMs = 0;
  /** The latest time of the wall clock so far. */
  latestMs = 0;

  pass(ms: number): void {
    this.monotonicMs += ms;
    this.set(this.nowMs + ms);
  }

  set(nowMs: number): void {
    this.nowMs = nowMs;
    this.latestMs = Math.max(this.latestMs, nowMs);
  }
}
