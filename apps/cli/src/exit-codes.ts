/** The exit codes of the command. Scripts rely on them, so a number never changes its meaning. */
export const EXIT = {
  /** Also: nothing to list, nothing due. */
  done: 0,
  failed: 1,
  /** The command line is wrong. Nothing was done. */
  usage: 2,
  notFound: 3,
  /** Closed, or undecided because the store's answer is missing. */
  tooLate: 4,
  alreadyThere: 5,
  partly: 6,
  /** Another sweeper holds the lease. */
  held: 7,
  /** Done, but the result could not be written to stdout; it is on stderr. */
  unprinted: 8,
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
