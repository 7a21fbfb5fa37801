import {
  createShards,
  type DropShardsResult,
  type SetShardsResult,
  type ShardNumbers,
  systemClock,
} from "@keywhen/core";
import { EXIT, type ExitCode } from "./exit-codes.js";
import type { Output } from "./output.js";
import { readShardNumber } from "./read-shards.js";
import type { Session } from "./session.js";
import { quoteId } from "./show-id.js";
import { showInstant } from "./show-time.js";

/** Prints the numbers in use. */
export async function showShards({ output, openSchedule }: Session): Promise<ExitCode> {
  const home = await openSchedule();
  const shardMap = await createShards(home).read();
  await output.tell({
    json: shardMap,
    text: describeShardMap(shardMap),
    quiet: `${shardMap.shards}`,
  });
  return EXIT.done;
}

/** The numbers, the newest first. */
function describeShardMap({ shards, numbers }: ShardNumbers): readonly string[] {
  const now = shards === 0 ? "No shards: events are put into pending/" : `${shards} shards`;
  const nowMs = systemClock.now();
  const lines = numbers.toReversed().map((number) => {
    const verb = number.from.getTime() > nowMs ? "will be used from" : "used from";
    return `${number.shards} ${verb} ${showInstant(number.from)} on`;
  });
  return [now, ...lines];
}

/** Announces a number. */
export async function setShards(
  { output, openSchedule }: Session,
  _options: object,
  [text = ""]: readonly string[],
): Promise<ExitCode> {
  const shards = readShardNumber(text);
  const home = await openSchedule();
  const result = await createShards(home).setShards(shards);
  await output.tellDone({ json: result, text: describeSet(result), quiet: `${shards}` });
  return EXIT.done;
}

function describeSet({ outcome, shards, from }: SetShardsResult): string {
  const what = shards === 0 ? "no shards" : `${shards} shards`;
  if (outcome === "unchanged")
    return `Unchanged: writers use ${what}, from ${showInstant(from)} on`;
  return `Writers that read the shard map use ${what} from ${showInstant(from)} on. Waiting events stay where they are`;
}

/** Removes a number from the shard map. */
export async function dropShards(
  { output, openSchedule }: Session,
  _options: object,
  [text = ""]: readonly string[],
): Promise<ExitCode> {
  const shards = readShardNumber(text);
  const home = await openSchedule();
  const result = await createShards(home).dropShards(shards);
  if (output.isJson || result.outcome === "dropped") {
    await output.tellDone({ json: { ...result, shards }, text: `Dropped: ${shards}`, quiet: text });
  }
  if (!output.isJson) explainKept(output, shards, result);
  return EXIT_CODES[result.outcome];
}

const EXIT_CODES = {
  dropped: EXIT.done,
  "not-found": EXIT.notFound,
  "in-use": EXIT.tooLate,
  waiting: EXIT.tooLate,
} as const satisfies Record<DropShardsResult["outcome"], ExitCode>;

function explainKept(output: Output, shards: number, result: DropShardsResult): void {
  const code = result.outcome;
  const kept = `${shards} stays in the shard map`;
  if (result.outcome === "not-found") {
    output.failure({
      code,
      message: `${shards} is not in the shard map.`,
      hint: "keywhen shards show prints the numbers that are.",
    });
  }
  if (result.outcome === "waiting") {
    const message = `${kept}: ${quoteId(result.id)} waits by it.`;
    output.failure({ code, message, hint: "Drop it when that has been delivered or cancelled." });
  }
  if (result.outcome !== "in-use") return;
  const { until } = result;
  const message = `${kept}: writers use it${until === undefined ? ", or will" : " still, perhaps"}.`;
  const hint = until && `Drop it from ${showInstant(until)} on.`;
  output.failure({ code, message, hint: hint ?? "Set another number first." });
}
