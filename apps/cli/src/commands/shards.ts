import {
  createLayout,
  type ShardLayout,
  type ShardsDropped,
  type ShardsSet,
  systemClock,
} from "@keywhen/core";
import type { Command } from "commander";
import { EXIT, type ExitCode } from "../exit-codes.js";
import type { Output } from "../output.js";
import { readShardNumber } from "../read-shards.js";
import { act, type Session } from "../session.js";
import { quoteId } from "../show-id.js";
import { showInstant } from "../show-time.js";

const EXAMPLES = `Examples:
  keywhen shards show
  keywhen shards set 8                      (0: none)
  keywhen shards drop 4                     (a day after nobody uses it any more)
`;

/** The group and its verbs. */
export function addShards(program: Command, withCommonOptions: (command: Command) => Command) {
  const group = program
    .command("shards")
    .summary("see or change over how many shards the schedule is spread")
    .description(
      "Spreads a schedule over shards, for more events at one instant than one prefix of a bucket takes. Changing the number is safe at any time.",
    )
    .addHelpText("before", EXAMPLES);
  const show = group
    .command("show", { isDefault: true })
    .summary("tell the numbers in use")
    .description("Tells the numbers of shards in use, and from when.")
    .action(act(showShards));
  const set = group
    .command("set")
    .summary("announce a number, which writers use from 20 minutes on")
    .description(
      "Announces a number of shards: writers that read the layout use it from 20 minutes on.",
    )
    .argument("<number>", "up to 256; 0 for none")
    .action(act(setShards));
  const drop = group
    .command("drop")
    .summary("forget a number that nobody uses any more")
    .description(
      "Takes a number out of the layout, if no writer has used it for a day and no event waits by it. Lists its shards. First see to it that no writer is told this number any more.",
    )
    .argument("<number>", "as keywhen shards show tells it")
    .action(act(dropShards));
  for (const command of [show, set, drop]) withCommonOptions(command);
  return group;
}

async function showShards({ output, openHome }: Session): Promise<ExitCode> {
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

async function setShards(
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

async function dropShards(
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
