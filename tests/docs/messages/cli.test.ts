import { describe } from "vitest";
import { ARGUMENTS } from "./cli-arguments.js";
import { OUTCOME_FACTS, OUTCOMES } from "./cli-outcomes.js";
import { RECURRING, RECURRING_FACTS } from "./cli-recurring.js";
import { SWEEP_FACTS, SWEEPS } from "./cli-sweeps.js";
import { expectMessages } from "./expect-messages.js";
import { messageTextsIn } from "./message-texts.js";

const EXEMPT = {
  "help of an option": [
    "only show what would be cancelled",
    " (default: that of SHELL)",
    "check everything, move nothing",
    "check everything, change nothing",
    "its payload is this text (default: the content of the pipe)",
    "its payload is this text (default: it stays as it is)",
    "only show what would be deleted",
    "its id (in single quotes), or the unique beginning of it",
    "its id (in single quotes), the unique beginning of it, or - for ids on stdin",
    "the schedule's name, as keywhen schedules list prints it",
    "format of the keys: v1, or s3-scheduler (the Python package of 2018)",
  ],
  "part of a result, which the command's own test checks": [
    " will not be delivered.",
    " (it may have been delivered)",
    "The journal was read until ",
    ". To read all of it, add --until now.",
    "for an unknown reason",
    "Fix the cause, then run: keywhen dead redrive ",
    "Fix the cause, then run: keywhen dead list --ids | keywhen dead redrive -",
    "If an expired event still has a value, run: keywhen dead redrive ",
    ". Otherwise: keywhen dead purge ",
    "Fix the cause of the others before you redrive them.",
    " waiting for another try",
    " · interrupted: run the same command again",
    "disappeared during the migration",
    "Unchanged, it is due then already: ",
    "Would replace the payload",
    "No shards: events are put into pending/",
    "will be used from",
    "Writers that read the shard map use ",
    " on. Waiting events stay where they are",
    ", looking for new events every ",
    "dead-lettered (keywhen dead list)",
    "expired (keywhen dead list)",
    "disappeared during the sweep",
    "wake-up of the schedule ",
    "delivers all that it missed",
    "passed over (recurring schedules)",
    "left to a sweeper that delivers recurring schedules",
    ". It is paused or has ended: see keywhen schedules show ",
    "the command could not start: ",
    " lines: the rest is left out. Redirect the output to a file to keep it.",
    "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
  ],
  "shown on a terminal, which scenarios/terminal.test.ts checks": [
    "There are no dead letters.",
    "Replace the payload of",
    "Nothing is due before ",
    "There are no schedules. Store one with keywhen every: see keywhen every --help.",
    ". Try: keywhen schedule --in 10m --to BUCKET/KEY --body hello",
    "Reading ids from the terminal, one a line. Ctrl-D on an empty line ends them.",
    "Reading the payload from the terminal. Ctrl-D on an empty line ends it.",
    "last sweep: lateness median ",
  ],
  "checked by scenarios that start processes": [
    "Can't write to stdout: ",
    "Nothing is reported to OpenTelemetry: @keywhen/telemetry is not installed.",
  ],
  "a bug of keywhen": ["commander's action got no command"],
};

describe("messages of keywhen", () => {
  expectMessages({
    messages: { ...ARGUMENTS, ...OUTCOMES, ...RECURRING, ...SWEEPS },
    facts: { ...OUTCOME_FACTS, ...RECURRING_FACTS, ...SWEEP_FACTS },
    texts: messageTextsIn(["apps/cli/src"], (file) => !/completion-script|show-cost/.test(file)),
    exempt: EXEMPT,
  });
});
