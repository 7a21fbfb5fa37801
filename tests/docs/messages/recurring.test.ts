import { createSweeper } from "@keywhen/core";
import type { ObjectStore } from "@keywhen/core/store";
import { manualClock, memoryStore } from "@keywhen/core/testing";
import { createSchedules, preview, recurringWakeUps } from "@keywhen/recurring";
import { s3SchedulerCodec } from "@keywhen/s3-scheduler";
import { describe } from "vitest";
import { expectMessages, framed, type Messages } from "./expect-messages.js";
import { messageTextsIn } from "./message-texts.js";

const NINE = { cron: "0 9 * * *", to: { bucket: "out", key: "k" } };

/** A location whose clock stays at seven, except that pauses end immediately. */
function place(changes: Partial<ObjectStore> = {}, time = "2026-12-24T07:00:00Z") {
  const clock = { ...manualClock(time), sleep: async () => undefined };
  return { store: { ...memoryStore({ clock }), ...changes }, bucket: "schedule", clock };
}

const rule = (given: object) => () => preview(given as never);
const cron = (text: unknown, timeZone?: unknown) => rule({ cron: text, timeZone });
const put =
  (given: object, name: unknown = "daily") =>
  () =>
    createSchedules(place()).put(name as string, { ...NINE, body: "x", ...given } as never);

const FIVE_FIELDS =
  'Write five fields, such as "0 9 * * 1-5" (minute, hour, day of the month, month, day of the week).';

const RULES: Messages = {
  'cron must be five fields (got ⟦5⟧), such as "0 9 * * 1-5" (minute, hour, day of the month, month, day of the week).':
    cron(5),
  ...framed((problem) => `cron ${problem}. ${FIVE_FIELDS}`, {
    '⟦"RRULE:FREQ=DAILY"⟧ can\'t be used: it is an iCalendar rule (RRULE), which is not supported':
      cron("RRULE:FREQ=DAILY"),
    '⟦"rate(5 minutes)"⟧ can\'t be used: it is written for EventBridge: leave out its name, its brackets and its year':
      cron("rate(5 minutes)"),
    '⟦"@reboot"⟧ can\'t be used: a bucket is never rebooted': cron("@reboot"),
    '⟦"0 9 ? * *"⟧ can\'t be used: ? means the present time to some programs and any value to others: write *':
      cron("0 9 ? * *"),
    '⟦"0 0 9 * * *"⟧ can\'t be used: it has 6 fields. Leave out seconds and years':
      cron("0 0 9 * * *"),
    '⟦"61 9 * * *"⟧ can\'t be used: Invalid value for minute: 61': cron("61 9 * * *"),
    '⟦"9:00"⟧ can\'t be used: it has 1 field': cron("9:00"),
  }),
  'cron ⟦"0 9 30 2 *"⟧ never occurs: no year has such a day. Correct its day or month.':
    cron("0 9 30 2 *"),
  'timeZone must be an IANA name such as "Europe/Berlin", or "UTC" (got ⟦"+02:00"⟧). An offset such as +02:00 has no summer time.':
    cron("0 9 * * *", "+02:00"),
  "A rule must be { cron, timeZone } or { every, from } (got ⟦5⟧).": rule(5 as never),
  'A rule must have either cron or every (got ⟦"cron, every"⟧).': rule({
    cron: "@daily",
    every: "1h",
  }),
  'every ⟦"1d"⟧ is ambiguous, because a day may have 23 or 25 hours: write hours (24h), or a cron rule such as "0 9 * * *" with a timeZone.':
    rule({ every: "1d" }),
  'every must be at least 1m (got ⟦"30s"⟧): a sweeper on a schedule runs once a minute.': rule({
    every: "30s",
  }),
};

const SCHEDULES: Messages = {
  'The schedule ⟦"daily"⟧ has no occurrence from now on, before until. Change its rule or until.':
    put({ until: "2026-12-24T08:00Z" }),
  'A schedule\'s name must be text without a slash at either end (got ⟦"/daily"⟧).': put(
    {},
    "/daily",
  ),
  "The body of a schedule can't be ⟦a stream⟧, because it is delivered many times: give bytes.":
    put({
      body: new ReadableStream(),
    }),
  'missed must be "latest", "skip" or "all" (got ⟦"some"⟧).': put({ missed: "some" }),
  'maxLate must be at least 2m (got ⟦"30s"⟧): a sweep once a minute would pass over occurrences.':
    put({ maxLate: "30s" }),
  'window must be shorter than the time between two occurrences, 1440 minutes (got ⟦"24h"⟧).': put({
    window: "24h",
  }),
  'The definition of the schedule ⟦"daily"⟧ can\'t be read by this version of keywhen. Update keywhen, or delete the object and put the schedule again.':
    async () => {
      const location = place();
      await overwrite(location.store);
      return createSchedules(location).get("daily");
    },
  "The store's answer has ⟦no Date header⟧, so it is unknown which occurrence is next; nothing was changed. If there is a proxy, let it pass Date.":
    () => {
      const location = place();
      const capabilities = { ...location.store.capabilities, clock: "store" as const };
      const store = { ...location.store, capabilities };
      return createSchedules({ ...location, store }).pause("daily");
    },
  'Recurring schedules need keywhen\'s own key format (got the codec ⟦"s3-scheduler"⟧): leave codec out.':
    () => createSchedules({ ...place(), codec: s3SchedulerCodec, root: "jobs" }),
  "Recurring schedules need conditional puts and a store that reports its time, and this store does ⟦not have both⟧. Keep the schedules in another store.":
    () => {
      const location = place();
      const capabilities = { ...location.store.capabilities, putIfVersion: false };
      return createSchedules({ ...location, store: { ...location.store, capabilities } });
    },
};

/** The error of a sweep at nine, after some damage to a recurring schedule whose body has a separate object. */
function sweptAfter(
  damage: (store: ObjectStore) => Promise<unknown>,
  seenThrough = (store: ObjectStore) => store,
) {
  return async () => {
    const location = await largeSchedule();
    await damage(location.store);
    const sweeper = createSweeper({
      ...location,
      store: seenThrough(location.store),
      clock: place({}, "2026-12-24T09:00:00Z").clock,
      allowTargets: ["*"],
      wakeUps: recurringWakeUps(),
    });
    const report = await sweeper.sweep();
    return report.outcome === "swept" ? report.errors[0]?.message : undefined;
  };
}

/** A recurring schedule whose body has a separate object, with a name that is the same in each run. */
async function largeSchedule() {
  const location = { ...place(), random: (count: number) => new Uint8Array(count) };
  await createSchedules(location).put("daily", { ...NINE, body: "x".repeat(20_000) });
  return location;
}

function overwrite(store: ObjectStore) {
  const ref = { bucket: "schedule", key: "keywhen/schedules/daily" };
  return store.put(ref, new TextEncoder().encode('{"version":2}'));
}

async function loseBody(store: ObjectStore) {
  const { objects } = await store.list({ bucket: "schedule", prefix: "keywhen/payloads/" });
  const keys = objects.map(({ key }) => key);
  await store.delete("schedule", keys);
}

/** Another writer has changed the schedule whenever it is read. */
function everChanging(store: ObjectStore): ObjectStore {
  let changes = 0;
  return {
    ...store,
    async get(ref, options) {
      const opened = await store.get(ref, options);
      if (opened === undefined || !ref.key.includes("/schedules/")) return opened;
      const definition: object = JSON.parse(await new Response(opened.body).text());
      const changed = JSON.stringify({ ...definition, writeId: `write-${changes++}` });
      const bytes = new TextEncoder().encode(changed);
      return { ...opened, body: ReadableStream.from([bytes]), size: bytes.length };
    },
  };
}

function triggerWithoutBody(seenThrough = (store: ObjectStore) => store) {
  return async () => {
    const location = await largeSchedule();
    await loseBody(location.store);
    await createSchedules({ ...location, store: seenThrough(location.store) }).trigger("daily");
  };
}

const SWEEPS: Messages = {
  "get ⟦schedule/keywhen/schedules/daily⟧: other writers replaced the schedule during each of 5 tries: try again later":
    triggerWithoutBody(everChanging),
  "get ⟦schedule/keywhen/payloads/gggggggggggggggg⟧: the body of the schedule is missing: put the schedule again":
    triggerWithoutBody(),
  "get ⟦schedule/keywhen/schedules/daily⟧: this sweeper can't read the schedule or use its rule: update the sweeper, or delete this object and put the schedule again":
    sweptAfter(overwrite),
  ...framed(
    (problem) =>
      `put ⟦out/k⟧: its occurrence was delivered, but the schedule's next wake-up is not certainly stored, so this one stays (${problem})`,
    {
      "copy schedule/keywhen/payloads/gggggggggggggggg: the body of the schedule is missing: put the schedule again":
        sweptAfter(loseBody),
      "put schedule/keywhen/schedules/daily: other writers changed the schedule during each of 5 tries: the next sweep tries again":
        sweptAfter(loseBody, everChanging),
    },
  ),
};

describe("messages about recurring schedules", () => {
  expectMessages({
    messages: { ...RULES, ...SCHEDULES, ...SWEEPS },
    texts: messageTextsIn(["packages/recurring/src"]),
  });
});
