import type { Command } from "commander";
import type { PreviewOptions } from "../recurring/preview-rule.js";
import type { ListSchedulesOptions } from "../recurring/show-schedules.js";
import { act } from "../session.js";

const EXAMPLES = `Examples:
  keywhen schedules list
  keywhen schedules show daily-report
  keywhen schedules pause daily-report
  keywhen schedules preview '0 9 * * 1-5' --tz Europe/Berlin
`;

const NAME = "the schedule's name, as keywhen schedules list prints it";

/** Only these verbs need the module. */
const work = () => import("./delivery.js");

/** A group, because `list`, `show` and `cancel` alone are about events. */
export function addSchedules(program: Command): void {
  const group = program
    .command("schedules")
    .summary("list, pause or delete recurring schedules")
    .description("Manages recurring schedules, which keywhen every stores.")
    .addHelpText("before", EXAMPLES);
  addLooks(group);
  addChanges(group);
}

function addLooks(group: Command): void {
  group
    .command("list")
    .summary("list the schedules, with their next occurrences")
    .description("Lists the schedules by name, with their next occurrences.")
    .option("--prefix <text>", "only names that begin with this text")
    .action(
      act<ListSchedulesOptions>(async (session, options) =>
        (await work()).listSchedules(session, options),
      ),
    );
  group
    .command("show")
    .summary("show a schedule and its next five occurrences")
    .description("Shows a schedule and its next five occurrences.")
    .argument("<name>", NAME)
    .action(act(async (...call) => (await work()).showSchedule(...call)));
  group
    .command("preview")
    .summary("show when a rule recurs, without storing anything")
    .description("Shows the next occurrences of a rule. Stores nothing and sends no request.")
    .argument("<rule>", "a cron rule in quotes, or an interval: 15m, 36h")
    .option("--from <time>", "count an interval from this time (default: 1970-01-01T00:00Z)")
    .option("--count <count>", "how many occurrences", "5")
    .action(act<PreviewOptions>(async (...call) => (await work()).previewRule(...call)));
}

function addChanges(group: Command): void {
  group
    .command("pause")
    .summary("stop deliveries until it is resumed")
    .description("Stops the deliveries of a schedule until it is resumed.")
    .argument("<name>", NAME)
    .action(act(async (...call) => (await work()).pauseSchedule(...call)));
  group
    .command("resume")
    .summary("continue with the first occurrence from now on")
    .description(
      "Continues a paused schedule with the first occurrence from now on. Occurrences of the pause are not delivered.",
    )
    .argument("<name>", NAME)
    .action(act(async (...call) => (await work()).resumeSchedule(...call)));
  group
    .command("skip")
    .summary("pass over the next occurrence")
    .description("Passes over the next occurrence of a schedule.")
    .argument("<name>", NAME)
    .action(act(async (...call) => (await work()).skipOccurrence(...call)));
  group
    .command("trigger")
    .summary("deliver once now, in addition to the occurrences")
    .description(
      "Schedules one event with the schedule's payload and target, due now. Its occurrences do not change.",
    )
    .argument("<name>", NAME)
    .action(act(async (...call) => (await work()).triggerSchedule(...call)));
  group
    .command("delete")
    .summary("delete a schedule")
    .description("Deletes a schedule. What it has delivered stays.")
    .argument("<name>", NAME)
    .action(act(async (...call) => (await work()).deleteSchedule(...call)));
}
