import type { Command } from "commander";
import { act } from "../session.js";
import { withSweeperOptions } from "../sweeping/schedule-options.js";
import type { SweepOptions } from "../sweeping/sweep-once.js";

const EXAMPLES = `Examples:
  keywhen sweep --allow 'reminders/*' --allow 'reports/daily/*'
  keywhen sweep --wait --deadline 50s        (for cron: after another one has ended)
  keywhen sweep --exec 'backups/*=./restore.sh' --timeout 30m
  keywhen sweep --dry-run
`;

export function addSweep(program: Command): Command {
  const command = program
    .command("sweep")
    .summary("deliver what is due, once")
    .description(
      "Delivers what is due: copies each event to its target, or calls what --exec or --post names, then deletes it.",
    )
    .addHelpText("before", EXAMPLES)
    .option("--deadline <duration>", "end within this time: 30s, 5m")
    .option("--wait", "if another sweeper is at work, wait until it ends (default: exit code 7)")
    .option("-n, --dry-run", "only count what is due");
  return withSweeperOptions(command).action(
    act<SweepOptions>(async (session, options) => {
      const { sweepOnce } = await import("./delivery.js"); // only this verb needs it
      return sweepOnce(session, options);
    }),
  );
}
