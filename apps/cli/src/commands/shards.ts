import type { Command } from "commander";
import { act } from "../session.js";

const EXAMPLES = `Examples:
  keywhen shards show
  keywhen shards set 8                      (0: none)
  keywhen shards drop 4                     (a day after nobody uses it any more)
`;

/** What the verbs do: other verbs need none of it. */
const work = () => import("../delivery.js");

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
    .summary("show the numbers in use")
    .description("Shows the numbers of shards in use, and from when.")
    .action(act(async (session) => (await work()).showShards(session)));
  const set = group
    .command("set")
    .summary("announce a number, which writers use from 20 minutes on")
    .description(
      "Announces a number of shards: writers that read the layout use it from 20 minutes on.",
    )
    .argument("<number>", "up to 256; 0 for none")
    .action(act(async (...call) => (await work()).setShards(...call)));
  const drop = group
    .command("drop")
    .summary("forget a number that nobody uses any more")
    .description(
      "Takes a number out of the layout, if no writer has used it for a day and no event waits by it. Lists its shards. First see to it that no writer is told this number any more.",
    )
    .argument("<number>", "as keywhen shards show tells it")
    .action(act(async (...call) => (await work()).dropShards(...call)));
  for (const command of [show, set, drop]) withCommonOptions(command);
  return group;
}
