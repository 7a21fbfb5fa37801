import type { Command } from "commander";
import { ALLOW_OPTION } from "../allowed-targets.js";
import { withKeyOptions } from "../read-codec.js";
import { act } from "../session.js";
import type { SweepOptions } from "../sweep-once.js";

const EXAMPLES = `Examples:
  keywhen sweep --allow 'reminders/*' --allow 'reports/daily/*'
  keywhen sweep --wait --deadline 50s        (for cron: after another one has ended)
  keywhen sweep --dry-run
`;

export function addSweep(program: Command): Command {
  const command = program
    .command("sweep")
    .summary("deliver what is due, once")
    .description("Delivers what is due: copies each event to its target, then deletes it.")
    .addHelpText("before", EXAMPLES)
    .option(...ALLOW_OPTION)
    .option("--deadline <duration>", "end within this time: 30s, 5m")
    .option("--max-age <duration>", "how long a failing event is tried before it is given up (24h)")
    .option("--wait", "if another sweeper is at work, wait for its end (else exit code 7)")
    .option("-n, --dry-run", "only count what is due");
  return withKeyOptions(command).action(
    act<SweepOptions>(async (session, options) => {
      const { sweepOnce } = await import("../delivery.js"); // other verbs need none of it
      return sweepOnce(session, options);
    }),
  );
}
