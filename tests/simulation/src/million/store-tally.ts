/** What a store carried out, independent of what a sweep reports. */
export interface StoreTally {
  copies: number;
  repeats: number;
  slowDowns: number;
  lastCopyMs: number;
  lastDeleteMs: number;
  /** Copies by the tenth of a second since the start. */
  readonly perTenth: number[];
}
