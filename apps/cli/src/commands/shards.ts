import type { Command } from "commander";
import { act } from "../session.js";

const EXAMPLES = `Examples:
  keywhen shards show
  keywhen shards set 8                      (0: none)
  keywhen shards drop 4                     (a day after the last writer used it)
`;

/** Only these verbs need the module. */
const work = () => import("./delivery.js");

export function addShards(program: Command): void {
  const group = program
    .command("shards")
    .summary("show or change the number of shards of the schedule")
    .description(
      "Spreads a schedule over shards, for more events at one instant than one prefix of a bucket can take. Changing the number is safe at any time.",
    )
    .addHelpText("before", EXAMPLES);
  group
    .command("show", { isDefault: true })
    .summary("show the numbers in use")
    .description("Shows the numbers of shards in use, and from when.")
    .action(act(async (session) => (await work()).showShards(session)));
  group
    .command("set")
    .summary("announce a number, which writers use from 20 minutes on")
    .description(
      "Announces a number of shards. Writers that read the shard map start to use it 20 minutes later.",
    )
    .argument("<number>", "up to 256; 0 for none")
    .action(act(async (...call) => (await work()).setShards(...call)));
  group
    .command("drop")
    .summary("remove a number that no writer uses any more")
    .description(
      "Removes a number from the shard map, if no writer has used it for a day and no waiting event depends on it. Lists its shards. First make sure that no writer is configured with this number.",
    )
    .argument("<number>", "as keywhen shards show prints it")
    .action(act(async (...call) => (await work()).dropShards(...call)));
}
