import type { Command } from "commander";
import type { DoctorOptions } from "../examine.js";
import { act } from "../session.js";

const EXAMPLES = `Examples:
  keywhen doctor
  keywhen doctor --probe --allow 'reminders/*'
`;

export function addDoctor(program: Command): Command {
  return program
    .command("doctor")
    .summary("find out whether the store can be trusted")
    .description(
      "Finds out whether the store can be trusted with a schedule: permissions, clock, order, conditions, lag, dead letters, lease. Exits 1 if it can't.",
    )
    .addHelpText("before", EXAMPLES)
    .option(
      "--probe",
      "also write, under <root>/probe/, and remove it again; targets are not written",
    )
    .option(
      "--allow <pattern...>",
      "targets to look at: 'bucket/*', 'bucket/prefix/*', bucket/key (or KEYWHEN_ALLOW_TARGETS, separated by commas)",
    )
    .action(
      act<DoctorOptions>(async (session, options) => {
        const { examine } = await import("../delivery.js"); // other verbs need none of it
        return examine(session, options);
      }),
    );
}
