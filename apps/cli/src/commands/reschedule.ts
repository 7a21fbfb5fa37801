import type { Command } from "commander";
import { ONE_ID, withChangeOptions } from "../events/change-events.js";
import { withGroupOptions } from "../events/group-options.js";
import type { RescheduleOptions } from "../events/reschedule-event.js";
import { act } from "../session.js";
import { withPayloadOptions, withWhenOptions } from "./options.js";

const work = () => import("./delivery.js"); // few verbs need it

const EXAMPLES = `Examples:
  keywhen reschedule 2026-11-25T08 --in 2h
  keywhen reschedule '2026-11-25T08:00:00.000Z|reminders|42.json|k3v9q2m8x1ap' --at 2026-12-24T09:00+01:00
  keywhen reschedule --delivery-id 'order-42/*' --in 1d
  keywhen reschedule 2026-11-25T08 --body '{"userId":43}'
`;

export function addReschedule(program: Command): Command {
  const command = program
    .command("reschedule")
    .summary("move an event to another time, or replace its payload")
    .description(
      "Moves an event to another time, replaces its payload, or both. Its delivery id stays, its id changes. Metadata stays unless --meta is given.",
    )
    .addHelpText("before", EXAMPLES);
  const timed = withGroupOptions(withWhenOptions(command));
  return withChangeOptions(
    withPayloadOptions(timed, "its payload is this text (default: it stays as it is)"),
    ONE_ID,
    "check everything, change nothing",
    "[id]",
  ).action(act<RescheduleOptions>(async (...call) => (await work()).rescheduleEvent(...call)));
}
