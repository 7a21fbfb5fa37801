import VECTORS from "@keywhen/core/protocol-vectors.json" with { type: "json" };
import { describe, expect, it } from "vitest";
import { recurringSchedule } from "../testing/recurring-schedule.js";
import { wakeUpHeaders } from "../wake-up/arm.js";
import { idOfWakeUp } from "../wake-up/wake-up-id.js";
import type { Definition } from "./definition.js";
import { parseDefinition } from "./definition-json.js";

// The vectors are published with core, for writers in other languages.

/** What a definition means, in the words of the vectors. */
function meaningOf(name: string, { state, content, next, last }: Definition) {
  const { rule, payload, untilMs, maxLateMs, deliversMissed, windowMs, to } = content;
  return {
    state,
    rule,
    body: payload.body,
    until: instantOf(untilMs),
    maxLateMs: maxLateMs ?? null,
    deliversMissed,
    windowMs,
    next: next
      ? {
          instant: instantOf(next.atMs),
          passedOver: next.passedOver,
          isOfOldRule: next.isOfOldRule,
          wakeUp: idOfWakeUp(name, to, next),
        }
      : null,
    last: last ? { instant: instantOf(last.atMs), occurrence: last.nominal ?? null } : null,
  };
}

function instantOf(atMs: number | undefined): string | null {
  return atMs === undefined ? null : new Date(atMs).toISOString();
}

describe("the protocol's test vectors", () => {
  it.each(VECTORS.definitions)("read a definition $note", ({ name, text, means }) => {
    const definition = parseDefinition(text);
    expect(definition === undefined ? null : meaningOf(name, definition)).toEqual(means);
  });

  it.each(VECTORS.wakeUps)("write the wake-up $note", (vector) => {
    const { name, occurrence, at, bucket, key, token, id, metadata } = vector;
    const next = { dueMs: Date.parse(at), nominal: occurrence, token, passedOver: 0 };
    expect(idOfWakeUp(name, { bucket, key }, next)).toBe(id);
    expect(wakeUpHeaders(name, {}, next).metadata).toEqual(metadata);
  });

  it("start a schedule for a writer that can't compute occurrences", async () => {
    const { memory, sweepAt, schedules } = recurringSchedule();
    const vector = VECTORS.definitions.find(({ means }) => means?.next?.wakeUp.includes("@start~"));
    const write = (key: string, text: string) =>
      memory.put({ bucket: "schedule", key }, new TextEncoder().encode(text));
    await write(`keywhen/schedules/${vector?.name}`, vector?.text ?? "");
    await write(`keywhen/pending/${vector?.means?.next?.wakeUp}`, "");
    expect(await sweepAt("2026-12-24T08:00:10Z")).toMatchObject({ delivered: 0, passedOver: 1 });
    expect(await schedules.get(vector?.name ?? "")).toMatchObject({
      next: { occurrence: "2026-12-24T08:15:00.000Z" },
    });
    expect(await sweepAt("2026-12-24T08:15:10Z")).toMatchObject({ delivered: 1 });
    const key = "daily/2026-12-24T08:15:00.000Z";
    expect(await memory.head({ bucket: "reports", key })).toMatchObject({ size: 2 });
  });
});
