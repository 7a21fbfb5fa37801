import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { advance, isClosed, pause, put, remove, resume } from "./changes.js";
import { type Content, type Definition, START } from "./definition.js";

const GUARD_MS = 4_000;
const MINUTE_MS = 60_000;
const ms = (text: string) => Date.parse(`2026-12-24T${text}Z`);
const at = (text: string) => ({ nowMs: ms(text), guardMs: GUARD_MS });

let tokens = 0;
const naming = { name: "daily", newToken: () => `token-${++tokens}` };

function contentOf(
  rule: Content["rule"] = { cron: "0 9 * * *" },
  more: Partial<Content> = {},
): Content {
  return {
    rule,
    to: { bucket: "out", key: "k" },
    payload: { body: { kind: "inline", base64: "" } },
    untilMs: undefined,
    maxLateMs: undefined,
    deliversMissed: false,
    windowMs: 0,
    ...more,
  };
}

/** A schedule whose next occurrence is 09:00 today. */
function active(more: Partial<Definition> = {}, content = contentOf()): Definition {
  const result = put(undefined, { content, revision: "1", isSameRule: false }, naming, at("08:00"));
  if (result.outcome !== "changed") throw new Error(result.outcome);
  return { ...result.definition, ...more };
}

function changed(change: ReturnType<typeof pause>): Definition {
  if (change.outcome !== "changed") throw new Error(`it is ${change.outcome}`);
  return change.definition;
}

describe("put", () => {
  const isSameRule = true;

  it("begins with the first occurrence that is not too close", () => {
    const first = { content: contentOf(), revision: "1", isSameRule: false };
    const inTime = changed(put(undefined, first, naming, at("08:59:55.999")));
    expect(inTime.next).toMatchObject({ nominal: "2026-12-24T09:00", dueMs: ms("09:00") });
    const late = changed(put(undefined, first, naming, at("08:59:56")));
    expect(late.next?.nominal).toBe("2026-12-25T09:00");
  });

  it("never goes back to an occurrence that was skipped, also if it ends earlier than before", () => {
    const rule = { every: "15m" };
    const skipped = changed(advance(active({}, contentOf(rule)), naming, ms("08:01"), true));
    const content = contentOf(rule, { untilMs: ms("08:20") });
    const earlier = { content, revision: "2", isSameRule };
    expect(put(skipped, earlier, naming, at("08:02"))).toEqual({ outcome: "no-occurrence" });
  });

  it("changes nothing if the content is the same", () => {
    const definition = active();
    const same = { content: contentOf(), revision: "1", isSameRule };
    expect(put(definition, same, naming, at("08:30"))).toEqual({
      outcome: "unchanged",
      definition,
    });
  });

  it("keeps the occurrence, under another token, if the rule is the same", () => {
    const definition = active();
    const other = { content: contentOf(), revision: "2", isSameRule };
    const next = changed(put(definition, other, naming, at("08:30"))).next;
    expect(next).toEqual({ ...definition.next, token: next?.token });
    expect(next?.token).not.toBe(definition.next?.token);
  });

  it("begins again with another rule", () => {
    const content = contentOf({ cron: "0 10 * * *" });
    const other = { content, revision: "2", isSameRule: false };
    expect(changed(put(active(), other, naming, at("08:30"))).next).toMatchObject({
      nominal: "2026-12-24T10:00",
      isOfOldRule: false,
    });
  });

  it("lets an occurrence that may be under way keep its turn, also under another rule", () => {
    const content = contentOf({ cron: "0 10 * * *" });
    const other = { content, revision: "2", isSameRule: false };
    const definition = changed(put(active(), other, naming, at("08:59:57")));
    expect(definition.next).toMatchObject({ nominal: "2026-12-24T09:00", isOfOldRule: true });
    const after = changed(advance(definition, naming, ms("09:00:01"), false));
    expect(after.last).toEqual({ atMs: ms("09:00"), nominal: undefined });
    expect(after.next?.nominal).toBe("2026-12-24T10:00");
  });

  it("leaves a paused schedule paused", () => {
    const paused = changed(pause(active(), at("08:00")));
    const other = { content: contentOf(), revision: "2", isSameRule };
    expect(changed(put(paused, other, naming, at("08:30")))).toMatchObject({ state: "paused" });
  });

  it("goes on after the last occurrence of an ended or deleted schedule of the same rule", () => {
    const last = { atMs: ms("09:00"), nominal: "2026-12-24T09:00" };
    const ended = active({ state: "ended", next: undefined, last });
    const other = { content: contentOf(), revision: "2", isSameRule };
    expect(changed(put(ended, other, naming, at("08:00"))).next?.nominal).toBe("2026-12-25T09:00");
    const deleted = changed(remove(ended));
    expect(changed(put(deleted, other, naming, at("08:00"))).next?.nominal).toBe(
      "2026-12-24T09:00",
    );
  });

  it("has no occurrence after the end of the schedule", () => {
    const content = contentOf(undefined, { untilMs: ms("08:30") });
    const other = { content, revision: "2", isSameRule };
    expect(put(undefined, other, naming, at("08:00"))).toEqual({ outcome: "no-occurrence" });
    expect(put(active(), other, naming, at("08:00"))).toEqual({ outcome: "no-occurrence" });
  });
});

describe("pause and resume", () => {
  it("make up nothing, and bring no nominal time twice", () => {
    const last = { atMs: ms("09:00"), nominal: "2026-12-24T09:00" };
    const paused = changed(pause(active({ last }), at("08:00")));
    expect(paused).toMatchObject({ state: "paused", next: undefined, last });
    expect(changed(resume(paused, naming, at("08:00"))).next?.nominal).toBe("2026-12-25T09:00");
    const long = { nowMs: ms("12:00") + 7 * 1_440 * MINUTE_MS, guardMs: GUARD_MS };
    expect(changed(resume(paused, naming, long)).next?.nominal).toBe("2027-01-01T09:00");
  });

  it("bring no occurrence again that was under way, where a machine with other time zone data finds it later", () => {
    const paused = changed(pause(active(), at("08:59:57")));
    expect(paused.last).toEqual({ atMs: ms("09:00"), nominal: "2026-12-24T09:00" });
    const itsTimeToCome = at("08:30");
    expect(changed(resume(paused, naming, itsTimeToCome)).next?.nominal).toBe("2026-12-25T09:00");
  });

  it("end a schedule whose time is over", () => {
    const content = contentOf(undefined, { untilMs: ms("10:00") });
    const paused = changed(pause(active({}, content), at("08:00")));
    expect(changed(resume(paused, naming, at("11:00")))).toMatchObject({ state: "ended" });
  });

  it.each([
    ["pause", (stored: Definition | undefined) => pause(stored, at("08:00"))],
    ["resume", (stored: Definition | undefined) => resume(stored, naming, at("08:00"))],
    ["advance", (stored: Definition | undefined) => advance(stored, naming, ms("08:00"), false)],
  ])("%s answers for a schedule that is not there, or has ended", (_, verb) => {
    expect(verb(undefined).outcome).toBe("not-found");
    expect(verb(changed(remove(active()))).outcome).toBe("not-found");
    expect(verb(active({ state: "ended", next: undefined })).outcome).toBe("ended");
  });

  it("keep no payload of a deleted schedule", () => {
    const body = { kind: "object", object: "b", sha256: "00" } as const;
    const payload = { body, contentType: "text/plain", metadata: { user: "42" } };
    const deleted = changed(remove(active({}, contentOf(undefined, { payload }))));
    expect(deleted.content.payload).toEqual({ body: { kind: "inline", base64: "" } });
  });

  it("change nothing the second time", () => {
    expect(pause(changed(pause(active(), at("08:00"))), at("08:00")).outcome).toBe("unchanged");
    expect(resume(active(), naming, at("08:00")).outcome).toBe("unchanged");
    expect(remove(changed(remove(active()))).outcome).toBe("not-found");
    expect(advance(changed(pause(active(), at("08:00"))), naming, ms("08:00"), false).outcome).toBe(
      "not-active",
    );
  });
});

describe("advance", () => {
  it("goes on from the nominal time, however late the delivery was", () => {
    const definition = active({}, contentOf({ cron: "* * * * *" }));
    const next = changed(advance(definition, naming, ms("08:02:30"), false)).next;
    expect(next).toMatchObject({ atMs: ms("08:02"), passedOver: 0 });
  });

  it("passes over and counts what lies back further than the grace", () => {
    const definition = active({}, contentOf({ cron: "* * * * *" }));
    const next = changed(advance(definition, naming, ms("09:00:30"), false)).next;
    expect(next).toMatchObject({ atMs: ms("08:59"), passedOver: 57 });
  });

  it("counts an occurrence that is passed over itself, with those before it", () => {
    const minutely = active({}, contentOf({ cron: "* * * * *" }));
    const first = changed(advance(minutely, naming, ms("08:00:30"), true));
    expect(first.next?.passedOver).toBe(1);
    expect(changed(advance(first, naming, ms("08:01:30"), true)).next?.passedOver).toBe(2);
  });

  it("delivers everything that was missed if the schedule asks for it", () => {
    const content = contentOf({ cron: "* * * * *" }, { deliversMissed: true });
    const next = changed(advance(active({}, content), naming, ms("12:00"), false)).next;
    expect(next).toMatchObject({ atMs: ms("08:02"), passedOver: 0 });
  });

  it("delivers a thousand missed occurrences in a row, and passes over the rest", () => {
    const content = contentOf({ cron: "* * * * *" }, { deliversMissed: true });
    const nowMs = ms("08:00") + 5_000 * MINUTE_MS;
    let definition = active({}, content);
    let delivered = 0;
    for (; (definition.next?.atMs ?? nowMs) <= nowMs; delivered++) {
      definition = changed(advance(definition, naming, nowMs, false));
    }
    // The one that waited, a thousand that were made up, and those of the last two minutes.
    expect(delivered).toBe(1 + 1_000 + 2);
    expect(definition.next?.madeUp).toBe(0);
  });

  it("stops counting after a thousand", () => {
    const definition = active({}, contentOf({ cron: "* * * * *" }));
    const nowMs = ms("08:00") + 10_000 * MINUTE_MS;
    const next = changed(advance(definition, naming, nowMs, false)).next;
    expect(next).toMatchObject({ atMs: nowMs - MINUTE_MS, passedOver: 1_000 });
  });

  it("ends a schedule after its last occurrence", () => {
    const content = contentOf(undefined, { untilMs: ms("10:00") });
    expect(changed(advance(active({}, content), naming, ms("09:00"), false))).toMatchObject({
      state: "ended",
      next: undefined,
      last: { nominal: "2026-12-24T09:00" },
    });
  });

  it("finds the first occurrence of a schedule whose writer could not", () => {
    const start = {
      atMs: ms("08:00"),
      dueMs: ms("08:00"),
      nominal: START,
      token: "t",
      passedOver: 0,
      madeUp: 0,
    };
    const definition = active({ next: { ...start, isOfOldRule: false } });
    const after = changed(advance(definition, naming, ms("08:00:30"), false));
    expect(after.next?.nominal).toBe("2026-12-24T09:00");
    expect(after.last?.nominal).toBeUndefined();
  });

  it("never goes back, and never brings an occurrence twice", () => {
    const rule = fc.constantFrom<Content["rule"]>(
      { cron: "*/5 * * * *" },
      { cron: "30 2 * * *", timeZone: "Europe/Berlin" },
      { every: "7m" },
    );
    const delays = fc.array(fc.integer({ min: 0, max: 600 * MINUTE_MS }), { maxLength: 30 });
    fc.assert(
      fc.property(rule, delays, fc.boolean(), (given, delaysMs, deliversMissed) => {
        let definition = active({}, contentOf(given, { deliversMissed }));
        let nowMs = ms("08:00");
        const seen = new Set<string>();
        for (const delayMs of delaysMs) {
          const { next } = definition;
          expect(seen.has(next?.nominal ?? "")).toBe(false);
          seen.add(next?.nominal ?? "");
          nowMs = Math.max(nowMs, next?.dueMs ?? 0) + delayMs;
          definition = changed(advance(definition, naming, nowMs, false));
          expect(definition.next?.atMs).toBeGreaterThan(next?.atMs ?? 0);
        }
      }),
    );
  });
});

describe("a window", () => {
  it("gives each occurrence its own place, the same one each time", () => {
    const windowMs = 15 * MINUTE_MS;
    const dueMs = ["a", "b", "c"].map((name) => {
      const content = contentOf(undefined, { windowMs });
      const spread = { content, revision: "1", isSameRule: false };
      const names = { ...naming, name };
      const one = changed(put(undefined, spread, names, at("08:00"))).next?.dueMs ?? 0;
      expect(changed(put(undefined, spread, names, at("08:30"))).next?.dueMs).toBe(one);
      expect(one - ms("09:00")).toBeGreaterThanOrEqual(0);
      expect(one - ms("09:00")).toBeLessThan(windowMs);
      return one;
    });
    expect(new Set(dueMs).size).toBe(3);
  });
});

describe("isClosed", () => {
  it("is true from the guard before the due instant on", () => {
    const next = active().next;
    if (next === undefined) throw new Error("it has no next occurrence");
    expect(isClosed(next, at("08:59:55.999"))).toBe(false);
    expect(isClosed(next, at("08:59:56"))).toBe(true);
  });
});
