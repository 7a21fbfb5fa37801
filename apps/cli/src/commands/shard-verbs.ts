import { createShards, type Shards } from "@keywhen/core";
import { systemClock } from "@keywhen/core/internal";
import { EXIT, type ExitCode } from "../exit-codes.js";
import { readShardNumber } from "../input/read-numbers.js";
import { type Problem, printOutcome, quoteId } from "../outcome.js";
import { showInstant } from "../output/show-time.js";
import type { Session } from "../session.js";

/** Prints the numbers in use, the newest first. */
export async function showShards({ output, openSchedule }: Session): Promise<ExitCode> {
  const json = await createShards(await openSchedule()).read();
  const { shards, numbers } = json;
  const nowMs = systemClock.now();
  const text = [
    shards === 0 ? "No shards: events are put into pending/" : `${shards} shards`,
    ...numbers.toReversed().map((number) => {
      const verb = number.from.getTime() > nowMs ? "will be used from" : "used from";
      return `${number.shards} ${verb} ${showInstant(number.from)} on`;
    }),
  ];
  await output.print({ json, text, quiet: `${shards}` });
  return EXIT.done;
}

export async function setShards(
  { output, openSchedule }: Session,
  _options: object,
  [given = ""]: readonly string[],
): Promise<ExitCode> {
  const shards = readShardNumber(given);
  const json = await createShards(await openSchedule()).setShards(shards);
  const what = shards === 0 ? "no shards" : `${shards} shards`;
  const from = showInstant(json.from);
  const text =
    json.outcome === "unchanged"
      ? `Unchanged: writers use ${what}, from ${from} on`
      : `Writers that read the shard map use ${what} from ${from} on. Waiting events stay where they are`;
  await output.printDone({ json, text, quiet: `${shards}` });
  return EXIT.done;
}

export async function dropShards(
  { output, openSchedule }: Session,
  _options: object,
  [given = ""]: readonly string[],
): Promise<ExitCode> {
  const shards = readShardNumber(given);
  const result = await createShards(await openSchedule()).dropShards(shards);
  return printOutcome(output, {
    json: { ...result, shards },
    text: `Dropped: ${shards}`,
    quiet: given,
    problem: whyKept(shards, result),
  });
}

type DropShardsResult = Awaited<ReturnType<Shards["dropShards"]>>;

function whyKept(shards: number, result: DropShardsResult): Problem | undefined {
  const kept = `${shards} stays in the shard map`;
  switch (result.outcome) {
    case "dropped":
      return undefined;
    case "not-found":
      return {
        message: `${shards} is not in the shard map.`,
        hint: "See keywhen shards show for the numbers that are.",
      };
    case "waiting":
      return {
        message: `${kept}: ${quoteId(result.id)} waits in one of its shards.`,
        hint: "Drop it when that event has been delivered or cancelled.",
      };
    case "in-use": {
      const { until } = result;
      return until === undefined
        ? { message: `${kept}: writers use it, or will.`, hint: "Set another number first." }
        : {
            message: `${kept}: writers may still use it.`,
            hint: `Drop it from ${showInstant(until)} on.`,
          };
    }
  }
}
