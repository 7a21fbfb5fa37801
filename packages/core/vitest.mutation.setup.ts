import fc from "fast-check";

/** The same cases for every mutant, no more than fit into a moment, and none made smaller: that they fail is enough. */
fc.configureGlobal({ seed: 2026, endOnFailure: true, interruptAfterTimeLimit: 300 });
