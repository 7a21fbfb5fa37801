import { describe, expect, it } from "vitest";
import { NOON } from "../test-support/test-home.js";
import { manualClock } from "../testing/manual-clock.js";
import { createWindDown } from "./wind-down.js";

function windDownWith(limits: { signal?: AbortSignal; deadlineSeconds?: number } = {}) {
  const clock = manualClock(NOON);
  const { signal, deadlineSeconds } = limits;
  const deadlineMs =
    deadlineSeconds === undefined ? undefined : clock.now() + deadlineSeconds * 1_000;
  const windDown = createWindDown(clock, { signal, deadlineMs });
  const aborted = () => {
    const { startSignal, copySignal, deleteSignal, releaseSignal } = windDown;
    const signals = {
      start: startSignal,
      copy: copySignal,
      delete: deleteSignal,
      release: releaseSignal,
    };
    return Object.entries(signals).flatMap(([name, one]) => (one.aborted ? [name] : []));
  };
  return { clock, windDown, aborted };
}

describe("createWindDown()", () => {
  it("ends one thing after the other before a deadline", async () => {
    const { clock, windDown, aborted } = windDownWith({ deadlineSeconds: 10 });
    expect(windDown.copyLeftMs()).toBe(8_800);
    await clock.advance("7999ms");
    expect([aborted(), windDown.reason]).toEqual([[], false]);
    await clock.advance("1ms");
    expect([aborted(), windDown.reason]).toEqual([["start"], "deadline"]);
    await clock.advance("799ms");
    expect([aborted(), windDown.copyLeftMs()]).toEqual([["start"], 1]);
    await clock.advance("1ms");
    expect(aborted()).toEqual(["start", "copy"]);
    await clock.advance("500ms");
    expect(aborted()).toEqual(["start", "copy", "delete"]);
    await clock.advance("600ms");
    expect(aborted()).toEqual(["start", "copy", "delete", "release"]);
  });

  it("gives what is under way its time after an abort, under five seconds in all", async () => {
    const abort = new AbortController();
    const { clock, windDown, aborted } = windDownWith({ signal: abort.signal });
    expect(windDown.copyLeftMs()).toBe(Number.POSITIVE_INFINITY);
    abort.abort();
    expect([aborted(), windDown.reason]).toEqual([["start"], "aborted"]);
    await clock.advance("1999ms");
    expect(aborted()).toEqual(["start"]);
    await clock.advance("1ms");
    expect(aborted()).toEqual(["start", "copy"]);
    await clock.advance("1500ms");
    expect(aborted()).toEqual(["start", "copy", "delete"]);
    await clock.advance("1s");
    expect(aborted()).toEqual(["start", "copy", "delete", "release"]);
  });

  it("aborts copies at once when the lease is lost, and nothing that is confirmed", () => {
    const { windDown, aborted } = windDownWith();
    windDown.loseLease();
    expect([aborted(), windDown.reason]).toEqual([["start", "copy"], "lease-lost"]);
  });

  it("keeps the first reason", () => {
    const { windDown } = windDownWith();
    windDown.stop("denied");
    windDown.loseLease();
    expect(windDown.reason).toBe("denied");
  });

  it("has no timer left when it is closed, and hears of no abort", async () => {
    const abort = new AbortController();
    const { clock, windDown, aborted } = windDownWith({
      signal: abort.signal,
      deadlineSeconds: 10,
    });
    windDown.close();
    abort.abort();
    await clock.advance("1m");
    expect([clock.sleepers, aborted(), windDown.reason]).toEqual([0, [], false]);
  });
});
