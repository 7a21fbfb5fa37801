import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import * as core from "./index.js";

const index = readFileSync(new URL("index.ts", import.meta.url), "utf8");

describe("the root of the package", () => {
  it("exports what an application writes down itself", () => {
    const names = [...index.matchAll(/^export (?:type )?\{([^}]*)\}/gm)].flatMap(([, list = ""]) =>
      list.split(",").map((name) => name.trim().replace(/^type /, "")),
    );
    expect(names.filter((name) => name !== "").sort()).toEqual([...VALUES, ...TYPES].sort());
    expect(Object.keys(core).sort()).toEqual(VALUES);
  });
});

const VALUES = [
  "BatchIncompleteError",
  "GroupIncompleteError",
  "KeywhenError",
  "ScheduleError",
  "createDeadLetters",
  "createScheduler",
  "createShards",
  "createSweeper",
  "eventId",
  "hasCode",
  "logTo",
  "parseDuration",
  "parseEventId",
  "pendingKey",
];

const TYPES = [
  "CancelResult",
  "DeadLetter",
  "DeadLetters",
  "Duration",
  "ErrorCode",
  "EventDetails",
  "EventFilter",
  "EventId",
  "EventQuery",
  "Moment",
  "NewEvent",
  "Observer",
  "PurgeResult",
  "RedriveResult",
  "RescheduleResult",
  "ScheduleLocation",
  "ScheduleManyOptions",
  "ScheduleResult",
  "ScheduledEvent",
  "Scheduler",
  "Shards",
  "SweepEvent",
  "SweepOptions",
  "SweepReport",
  "Sweeper",
  "SweeperOptions",
  "Sweeping",
  "When",
];
