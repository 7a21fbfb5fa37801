import { manualClock, memoryStore } from "@keywhen/core/testing";
import { createSchedules } from "@keywhen/recurring";
import { underWayLines } from "../../../apps/cli/src/recurring/upcoming.js";
import type { Words } from "../../../apps/cli/src/testing/run-keywhen.js";
import type { Facts, Messages } from "./expect-messages.js";
import { keywhen, MINE, withoutTimes } from "./keywhen.js";

const HOUR_MS = 3_600_000;
const HOURLY = { every: "1h", to: { bucket: "out", key: "k" }, body: "x" } as const;
const PUT = ["every", "0 9 * * *", "--to", "out/k", "--body", "x"];

const wrong = (args: Words) => keywhen(2, args);

/** A store with the schedule "hourly", whose next occurrence has been due for some time if it was stored an hour ago. */
async function storeWithHourly(storedAgoMs = 0) {
  const place = { store: memoryStore(), bucket: "schedule" };
  const clock = manualClock(new Date(Date.now() - storedAgoMs));
  const schedules = createSchedules({ ...place, clock });
  const { next } = await schedules.put("hourly", HOURLY);
  return { place, schedules, until: next?.at };
}

const onPaused = (exitCode: number, args: string) => async () => {
  const { place, schedules } = await storeWithHourly();
  await schedules.pause("hourly");
  return keywhen(exitCode, `${args} ${MINE}`, { schedule: place })();
};

const onEnded = (exitCode: number, args: string) => async () => {
  const { place, schedules, until } = await storeWithHourly();
  await schedules.put("hourly", { ...HOURLY, until });
  await schedules.skip("hourly");
  return keywhen(exitCode, `${args} ${MINE}`, { schedule: place })();
};

const onDue = (isLast: boolean) => async () => {
  const { place, schedules, until } = await storeWithHourly(HOUR_MS);
  if (isLast) await schedules.put("hourly", { ...HOURLY, until });
  return keywhen(4, `schedules skip hourly ${MINE}`, { schedule: place })();
};

const onNone = (args: string) =>
  keywhen(3, `${args} ${MINE}`, { schedule: { store: memoryStore(), bucket: "schedule" } });

export const RECURRING: Messages = {
  "⟦--name⟧ is missing. Give a name that this schedule keeps, for example --name daily-report.":
    wrong(PUT),
  "too many arguments for 'every'. Expected 1 argument but ⟦got 5⟧. Put the rule in single quotes: keywhen every '0 9 * * 1-5'.":
    wrong("every 0 9 * * 1-5 --name n --to out/k"),
  "too many arguments for 'preview'. Expected 1 argument but ⟦got 5⟧. Put the rule in single quotes: keywhen schedules preview '0 9 * * 1-5'.":
    wrong("schedules preview 0 9 * * 1-5"),
  "too many arguments for 'schedule'. Expected 0 arguments but ⟦got 1⟧. Add an s for recurring schedules: keywhen schedules.":
    wrong("schedule list"),
  "unknown command ⟦'rm'⟧. Did you mean delete?": wrong("schedules rm x"),
  "unknown command ⟦'pause'⟧. Did you mean schedules pause?": wrong("pause x"),
  '--count must be a whole number from 1 to 1000 (got ⟦"0"⟧).': wrong(
    "schedules preview 15m --count 0",
  ),
  'every ⟦"1d"⟧ is ambiguous, because a day may have 23 or 25 hours: write hours (24h), or a cron rule such as "0 9 * * *" with a timeZone.':
    wrong("schedules preview 1d"),
  "⟦The rule's times⟧ are in UTC. For another zone, give --tz Europe/Berlin.": keywhen(0, [
    ...PUT,
    "--name",
    "n",
    "-n",
  ]),
  'There is no schedule ⟦"none"⟧. See keywhen schedules list for the schedules that there are.': [
    onNone("schedules show none"),
    onNone("schedules pause none"),
    onNone("schedules resume none"),
    onNone("schedules skip none"),
    onNone("schedules trigger none"),
    onNone("schedules delete none"),
  ],
  'The schedule ⟦"hourly"⟧ is paused, so no occurrence is next. Run keywhen schedules resume hourly first.':
    onPaused(4, "schedules skip hourly"),
  'The schedule ⟦"hourly"⟧ has ended: no occurrence is left before its --until. Store it again with keywhen every and a later --until, or none.':
    [
      onEnded(4, "schedules pause hourly"),
      onEnded(4, "schedules resume hourly"),
      onEnded(4, "schedules skip hourly"),
    ],
};

export const RECURRING_FACTS: Facts = {
  "an occurrence that is under way can't be taken back": {
    "too late: the occurrence of TIME may be under way. It may still be delivered. Next: TIME.":
      onDue(false),
    "too late: the occurrence of TIME may be under way. It may still be delivered. No occurrence is left.":
      onDue(true),
    "Under way: the occurrence of TIME may still be delivered as the schedule was before.": () =>
      withoutTimes(underWayLines({ at: new Date(0), occurrence: "1970-01-01T00:00" }).join()),
  },
};
