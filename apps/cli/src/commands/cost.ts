import { type Duration, parseDuration } from "@keywhen/core";
import { durationMs } from "@keywhen/core/internal";
import { UsageError } from "@keywhen/host";
import type { MonthOfUse } from "@keywhen/host/cost";
import type { Command } from "commander";
import { EXIT, type ExitCode } from "../exit-codes.js";
import { readBytes, readCount } from "../input/read-numbers.js";
import { act, type Session } from "../session.js";

interface CostOptions {
  readonly events?: string | undefined;
  readonly recurring?: string | undefined;
  readonly every: string;
  readonly lookAhead?: string | undefined;
  readonly poll?: string | undefined;
  readonly shards?: string | undefined;
  readonly payload?: string | undefined;
  readonly wait?: string | undefined;
  readonly memory?: string | undefined;
  readonly journal?: boolean | undefined;
  readonly ownMachine?: boolean | undefined;
  readonly freeTier: boolean;
}

const EXAMPLES = `Examples:
  keywhen cost --events 1M
  keywhen cost --events 1M --look-ahead 1m --poll 1s --no-free-tier
  keywhen cost --recurring 44k               (a schedule of each minute, or 30 of each half hour)
  keywhen cost --events 50k --own-machine --json
`;

export function addCost(program: Command): Command {
  return program
    .command("cost")
    .summary("estimate what a month costs on AWS")
    .description(
      "Estimates what a month costs on AWS, and compares it with other schedulers there. Uses list prices, sends no request.",
    )
    .addHelpText("before", EXAMPLES)
    .option("--events <count>", "how many events fall due in a month: 1000, 20k, 1.5M")
    .option(
      "--recurring <count>",
      "how many occurrences of recurring schedules fall due in a month",
    )
    .option("--every <duration>", "how often a sweep begins", "1m")
    .option("--look-ahead <duration>", "how far each sweep looks ahead, to deliver at the instant")
    .option("--poll <duration>", "how often such a sweep lists again (default: 5s)")
    .option("--shards <count>", "number of shards of the schedule (default: 1)")
    .option("--payload <size>", "average size of a payload: 512, 1.2kB, 5MB (default: 1kB)")
    .option("--wait <duration>", "how long an event waits on average (default: 1d)")
    .option("--memory <megabytes>", "memory of the sweeper's function (default: 256)")
    .option("--journal", "sweepers keep a journal")
    .option("--own-machine", "sweep with keywhen run on a machine that you already have")
    .option("--no-free-tier", "do not subtract the monthly free tier of an account")
    .action(act(cost));
}

async function cost({ output }: Session, options: CostOptions): Promise<ExitCode> {
  // Only this verb needs them.
  const { monthlyCost } = await import("@keywhen/host/cost");
  const { showCost } = await import("./show-cost.js");
  const estimate = monthlyCost(readUse(options));
  const text = showCost(estimate);
  await output.print({ json: estimate, text, quiet: estimate.total.toFixed(2) });
  return EXIT.done;
}

function readUse(options: CostOptions): MonthOfUse {
  const { events, recurring, every, lookAhead, poll, shards, payload } = options;
  const { wait, memory, ownMachine } = options;
  if (events === undefined && recurring === undefined) {
    throw new UsageError(
      "--events is missing.",
      "Give the events a month: --events 1000, 20k or 1.5M; or the occurrences: --recurring 3k.",
    );
  }
  return {
    events: events === undefined ? 0 : readCount("--events", events),
    occurrences: recurring === undefined ? undefined : readCount("--recurring", recurring),
    everyMs: readSpan("--every", every),
    lookAheadMs: lookAhead === undefined ? undefined : readSpan("--look-ahead", lookAhead),
    pollMs: poll === undefined ? undefined : readSpan("--poll", poll),
    shards: shards === undefined ? undefined : readPositive("--shards", shards),
    payloadBytes: payload === undefined ? undefined : readBytes("--payload", payload),
    waitMs: wait === undefined ? undefined : durationMs(parseDuration(wait)),
    memoryMegabytes: memory === undefined ? undefined : readPositive("--memory", memory),
    journal: options.journal,
    host: ownMachine ? "own" : "lambda",
    freeTier: options.freeTier,
  };
}

function readSpan(option: string, text: string): number {
  const span: Duration = parseDuration(text);
  const ms = durationMs(span);
  if (ms > 0) return ms;
  throw new UsageError(
    `${option} must be longer than zero (got ${text}).`,
    "For example 1m or 5s.",
  );
}

function readPositive(option: string, text: string): number {
  const count = readCount(option, text);
  if (count >= 1) return count;
  throw new UsageError(`${option} must be at least 1 (got ${text}).`);
}
