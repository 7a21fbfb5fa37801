import type { ObjectStore } from "@keywhen/core/store";
import { manualClock, memoryStore } from "@keywhen/core/testing";
import { createSchedules } from "@keywhen/recurring";
import { lookFor, NOON } from "./doctor-findings.js";
import type { Messages } from "./expect-messages.js";

type Damage = (store: ObjectStore) => Promise<unknown>;

/** What is found of the recurring schedule `daily`, whose body has a separate object, after some damage. */
function afterDamage(damage: Damage, options: { readonly now?: string; readonly repair?: true }) {
  return async () => {
    const { now = NOON, ...given } = options;
    const store = memoryStore({ clock: manualClock(NOON) });
    const location = { store, bucket: "schedule", clock: manualClock(NOON) };
    const to = { bucket: "out", key: "k" };
    const body = "x".repeat(20_000);
    await createSchedules(location).put("daily", { cron: "0 13 * * *", to, body });
    await damage(store);
    const clock = { ...manualClock(now), sleep: async () => undefined };
    return lookFor("recurring schedules", store, { ...given, clock });
  };
}

const nothing: Damage = async () => undefined;

/** Deletes everything whose key contains a text. */
function losing(text: string): Damage {
  return async (store) => {
    const { objects } = await store.list({ bucket: "schedule", prefix: "" });
    const keys = objects.map(({ key }) => key).filter((key) => key.includes(text));
    await store.delete("schedule", keys);
  };
}

const overwritten: Damage = (store) =>
  store.put(
    { bucket: "schedule", key: "keywhen/schedules/daily" },
    new TextEncoder().encode('{"version":2}'),
  );

export const SCHEDULES: Messages = {
  'the definition of ⟦"daily"⟧ can\'t be read; install the newest keywhen everywhere; if it is damaged, delete it under keywhen/schedules/ and put the schedule again':
    afterDamage(overwritten, {}),
  'the wake-up of ⟦"daily"⟧ is missing, so nothing is delivered any more; run keywhen doctor --repair, which stores it again':
    afterDamage(losing("/pending/"), {}),
  'the body of ⟦"daily"⟧ is missing under keywhen/payloads/, so only the next occurrence can be delivered; put the schedule again':
    afterDamage(losing("/payloads/"), {}),
  'no sweeper completes the wake-up of ⟦"daily"⟧, which is due since 2026-12-24T13:00:00.000Z; run a sweeper that delivers recurring schedules (keywhen run, keywhen sweep, or createSweeper with wakeUps: recurringWakeUps()), or check what it reports about this schedule':
    afterDamage(nothing, { now: "2026-12-24T14:00:00Z" }),
  'the next occurrence of ⟦"daily"⟧ is at 2026-12-24T13:00:00.000Z, although its rule has earlier ones that were not skipped; check the clocks of the machines that put and sweep it, then delete the schedule and put it again':
    afterDamage(nothing, { now: "2026-12-20T12:00:00Z" }),
};

export const FINE_SCHEDULES: Messages = {
  "1": afterDamage(nothing, {}),
  "stored the missing wake-ups of 1": afterDamage(losing("/pending/"), { repair: true }),
};
