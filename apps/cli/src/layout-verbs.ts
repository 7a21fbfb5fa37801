import {
  createLayout,
  type ShardLayout,
  type ShardsDropped,
  type ShardsSet,
  systemClock,
} from "@keywhen/core";
import { EXIT, type ExitCode } from "./exit-codes.js";
import type { Output } from "./output.js";
import { readShardNumber } from "./read-shards.js";
import type { Session } from "./session.js";
import { quoteId } from "./show-id.js";
import { showInstant } from "./show-time.js";

/** Tells the numbers in use. */
export async function showShards({ output, openHome }: Session): Promise<ExitCode> {
  const home = await openHome();
  const layout = await createLayout(home).read();
  await output.tell({ json: layout, text: describeLayout(layout), quiet: `${layout.shards}` });
  return EXIT.done;
}

/** The numbers, the newest first. */
function describeLayout({ shards, numbers }: ShardLayout): readonly string[] {
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
  { output, openHome }: Session,
  _options: object,
  [text = ""]: readonly string[],
): Promise<ExitCode> {
  const shards = readShardNumber(text);
  const home = await openHome();
  const result = await createLayout(home).setShards(shards);
  await output.tellDone({ json: result, text: describeSet(result), quiet: `${shards}` });
  return EXIT.done;
}

function describeSet({ outcome, shards, from }: ShardsSet): string {
  const what = shards === 0 ? "no shards" : `${shards} shards`;
  if (outcome === "unchanged")
    return `Unchanged: writers use ${what}, from ${showInstant(from)} on`;
  return `From ${showInstant(from)} on writers that read the layout use ${what}. What waits already stays where it is`;
}

/** Takes a number out of the layout. */
export async function dropShards(
  { output, openHome }: Session,
  _options: object,
  [text = ""]: readonly string[],
): Promise<ExitCode> {
  const shards = readShardNumber(text);
  const home = await openHome();
  const result = await createLayout(home).dropShards(shards);
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
} as const satisfies Record<ShardsDropped["outcome"], ExitCode>;

function explainKept(output: Output, shards: number, result: ShardsDropped): void {
  const code = result.outcome;
  const kept = `${shards} stays in the layout`;
  if (result.outcome === "not-found") {
    output.failure({
      code,
      message: `${shards} is not in the layout.`,
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
