/** The command's exit codes. Scripts rely on them, so numbers never change their meaning. */
export const EXIT = {
  /** Also: nothing to list, nothing due. */
  done: 0,
  failed: 1,
  /** What was typed can't be right; nothing was done. */
  usage: 2,
  notFound: 3,
  /** Closed, or the store's answer left it open. */
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
