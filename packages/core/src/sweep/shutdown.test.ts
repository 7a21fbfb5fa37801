import { describe, expect, it } from "vitest";
import { NOON } from "../test-support/test-schedule.js";
import { manualClock } from "../testing/manual-clock.js";
import { Shutdown } from "./shutdown.js";

function shutdownWith(limits: { signal?: AbortSignal; deadlineSeconds?: number } = {}) {
  const clock = manualClock(NOON);
  const { signal, deadlineSeconds } = limits;
  const deadlineMs =
    deadlineSeconds === undefined ? undefined : clock.now() + deadlineSeconds * 1_000;
  const shutdown = new Shutdown(clock, { signal, deadlineMs });
  const aborted = () => {
    const { startSignal, copySignal, deleteSignal, releaseSignal } = shutdown;
    const signals = {
      start: startSignal,
      copy: copySignal,
      delete: deleteSignal,
      release: releaseSignal,
    };
    return Object.entries(signals).flatMap(([name, one]) => (one.aborted ? [name] : []));
  };
  return { clock, shutdown, aborted };
}

describe("new Shutdown()", () => {
  it("ends one kind of request after the other before a deadline", async () => {
    const { clock, shutdown, aborted } = shutdownWith({ deadlineSeconds: 10 });
    expect(shutdown.copyLeftMs()).toBe(8_800);
    await clock.advance("7999ms");
    expect([aborted(), shutdown.reason]).toEqual([[], false]);
    await clock.advance("1ms");
    expect([aborted(), shutdown.reason]).toEqual([["start"], "deadline"]);
    await clock.advance("799ms");
    expect([aborted(), shutdown.copyLeftMs()]).toEqual([["start"], 1]);
    await clock.advance("1ms");
    expect(aborted()).toEqual(["start", "copy"]);
    await clock.advance("500ms");
    expect(aborted()).toEqual(["start", "copy", "delete"]);
    await clock.advance("600ms");
    expect(aborted()).toEqual(["start", "copy", "delete", "release"]);
  });

  it("gives requests in flight their time after an abort, under five seconds in all", async () => {
    const abort = new AbortController();
    const { clock, shutdown, aborted } = shutdownWith({ signal: abort.signal });
    expect(shutdown.copyLeftMs()).toBe(Number.POSITIVE_INFINITY);
    abort.abort();
    expect([aborted(), shutdown.reason]).toEqual([["start"], "aborted"]);
    await clock.advance("1999ms");
    expect(aborted()).toEqual(["start"]);
    await clock.advance("1ms");
    expect(aborted()).toEqual(["start", "copy"]);
    await clock.advance("1500ms");
    expect(aborted()).toEqual(["start", "copy", "delete"]);
    await clock.advance("1s");
    expect(aborted()).toEqual(["start", "copy", "delete", "release"]);
  });

  it("aborts copies immediately when the lease is lost, and no deletes", () => {
    const { shutdown, aborted } = shutdownWith();
    shutdown.loseLease();
    expect([aborted(), shutdown.reason]).toEqual([["start", "copy"], "lease-lost"]);
  });

  it("keeps the first reason", () => {
    const { shutdown } = shutdownWith();
    shutdown.stop("denied");
    shutdown.loseLease();
    expect(shutdown.reason).toBe("denied");
  });

  it("has no timer left when it is closed, and ignores an abort", async () => {
    const abort = new AbortController();
    const { clock, shutdown, aborted } = shutdownWith({
      signal: abort.signal,
      deadlineSeconds: 10,
    });
    shutdown.close();
    abort.abort();
    await clock.advance("1m");
    expect([clock.sleepers, aborted(), shutdown.reason]).toEqual([0, [], false]);
  });
});
