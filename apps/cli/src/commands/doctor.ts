import type { Command } from "commander";
import { act } from "../session.js";
import type { DoctorOptions } from "./examine.js";

const EXAMPLES = `Examples:
  keywhen doctor
  keywhen doctor --probe --allow 'reminders/*'
`;

export function addDoctor(program: Command): Command {
  return program
    .command("doctor")
    .summary("check whether the store is fit for a schedule")
    .description(
      "Checks whether the store is fit for a schedule: permissions, clock, order, conditions, lag, dead letters, lease. Exits 1 if it is not.",
    )
    .addHelpText("before", EXAMPLES)
    .option(
      "--probe",
      "also write under <root>/probe/, and delete it again; targets are not written",
    )
    .option("--repair", "store the missing wake-ups of recurring schedules again")
    .option(
      "--allow <pattern...>",
      "targets to check: 'bucket/*', 'bucket/prefix/*', bucket/key (or KEYWHEN_ALLOW_TARGETS, separated by commas)",
    )
    .action(
      act<DoctorOptions>(async (session, options) => {
        const { examine } = await import("./delivery.js"); // only this verb needs it
        return examine(session, options);
      }),
    );
}
