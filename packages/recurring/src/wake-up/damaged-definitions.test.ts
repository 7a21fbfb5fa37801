import { createScheduler } from "@keywhen/core";
import { describe, expect, it } from "vitest";
import { examineSchedules } from "../schedules/examine-schedules.js";
import { DAILY, passingTime, recurringSchedule } from "../testing/recurring-schedule.js";

const REF = { bucket: "schedule", key: "keywhen/schedules/daily" };
const LARGE = { ...DAILY, json: undefined, body: "x".repeat(20_000), window: "5m" } as const;

/** What a person or a program may leave in the place of any value. */
const VALUES: readonly unknown[] = [
  undefined,
  null,
  "",
  "x",
  "..",
  "../../lease/sweep.json",
  "a/b|c~d",
  "\ud800",
  "é",
  "\r\nx-amz-acl: public-read",
  "x".repeat(2_000),
  "9999-12-31T23:59:59.999Z",
  "0000-01-01T00:00:00.000Z",
  "99999999999h",
  "Europe/Newzone",
  -1,
  0,
  1.5,
  Number.MAX_SAFE_INTEGER,
  true,
  [],
  {},
];

/** The paths to every value of a JSON value, itself left out. */
function pathsIn(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => [
    [...path, name],
    ...pathsIn(inner, [...path, name]),
  ]);
}

function replaced(json: unknown, [name = "", ...rest]: readonly string[], value: unknown): unknown {
  const object = json as Record<string, unknown>;
  return { ...object, [name]: rest.length === 0 ? value : replaced(object[name], rest, value) };
}

async function stored(rule: object) {
  const recurring = recurringSchedule();
  const { json: _, ...large } = LARGE;
  await recurring.schedules.put("daily", { ...large, ...rule } as never);
  await recurring.sweepAt("2026-12-24T08:06:00Z"); // so that it has a last occurrence
  const object = await recurring.memory.get(REF);
  return { ...recurring, json: JSON.parse(await new Response(object?.body).text()) };
}

describe.each([
  ["a cron rule", {}],
  [
    "an interval",
    { cron: undefined, timeZone: undefined, every: "24h", from: "2026-12-24T08:00:00Z" },
  ],
])("a damaged definition with %s", async (_, rule) => {
  const { json } = await stored(rule);
  it.each(pathsIn(json).map((path) => [path.join("."), path] as const))(
    "stops no sweep and no examination: %s",
    async (_, path) => {
      for (const value of VALUES) {
        const { location, memory, sweepAt, clock, json } = await stored(rule);
        const at = "2026-12-25T08:10:00Z";
        await createScheduler(location).schedule({ at, to: { bucket: "out", key: "event" } });
        const text = JSON.stringify(replaced(json, path, value));
        await memory.put(REF, new TextEncoder().encode(text));
        const report = await sweepAt("2026-12-25T08:10:30Z");
        expect(report.delivered, text).toBeGreaterThan(0);
        expect(await memory.head({ bucket: "out", key: "event" }), text).toBeDefined();
        const examine = async () => {
          let count = 0;
          for await (const _ of examineSchedules(location)) count++;
          return count;
        };
        expect(await passingTime(clock, examine()), text).toBe(1);
      }
    },
  );
});
