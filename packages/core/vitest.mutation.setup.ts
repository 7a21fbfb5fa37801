import fc from "fast-check";

/**
 * The same cases for every mutant, no more than fit into a moment, and none made smaller: that they fail is enough. A property
 * that has come to no case in that time, on a busy machine, has noticed nothing.
 */
fc.configureGlobal({
  seed: 2026,
  endOnFailure: true,
  interruptAfterTimeLimit: 300,
  reporter(run) {
    const hasNoCase = run.interrupted && run.numRuns === 0;
    if (run.failed && !hasNoCase) throw new Error(fc.defaultReportMessage(run));
  },
});
