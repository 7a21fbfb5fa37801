/** A small change to keywhen's core that breaks a promise; a good simulation finds it. */
export interface PlantedFault {
  readonly name: string;
  /** Below `packages/core/src`. */
  readonly file: string;
  /** Occurs exactly once in the file. */
  readonly find: string;
  readonly replace: string;
  /**
   * The seed to begin at, where no world before it shows the fault.
   * @default 1
   */
  readonly from?: number;
}
