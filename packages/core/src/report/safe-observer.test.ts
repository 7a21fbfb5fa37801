import { describe, expect, it } from "vitest";
import { sweeperOf, testSchedule } from "../test-support/test-schedule.js";
import { SafeObserver } from "./safe-observer.js";

describe("SafeObserver", () => {
  it("keeps the first error that an observer throws, also if it is not an Error", async () => {
    const report = await sweeperOf(testSchedule()).sweep();
    const thrown: unknown[] = [undefined, new Error("later")];
    const observed = new SafeObserver(() => {
      throw thrown.shift();
    });
    observed.notify({ type: "lease-unsupported" });
    expect(observed.notifyReport(report).observerError).toMatchObject({
      message: expect.stringMatching(/^The observer threw no value/),
    });
  });

  it("keeps what a promise of the observer rejects with, and reports it once", async () => {
    const report = await sweeperOf(testSchedule()).sweep();
    const failure = new Error("the metrics endpoint is down");
    const observed = new SafeObserver(async (event) => {
      if (event.type !== "swept") throw failure;
    });
    observed.notify({ type: "lease-unsupported" });
    observed.notify({ type: "lease-unreadable" });
    await Promise.resolve();
    expect(observed.notifyReport(report).observerError).toBe(failure);
    expect(observed.notifyReport(report)).toBe(report);
  });

  it("puts a rejection that comes after the report into the next one", async () => {
    const report = await sweeperOf(testSchedule()).sweep();
    const failure = new Error("too late");
    const observed = new SafeObserver((event) =>
      event.type === "swept" ? undefined : Promise.reject(failure),
    );
    observed.notify({ type: "lease-unsupported" });
    expect(observed.notifyReport(report)).toBe(report);
    await Promise.resolve();
    expect(observed.notifyReport(report).observerError).toBe(failure);
  });

  it.each([
    [
      "whose then() itself returns a promise that rejects",
      () => Promise.reject(new Error("inner")),
    ],
    [
      "whose then() throws",
      () => {
        throw new Error("inner");
      },
    ],
  ])("keeps the error of a thenable %s", async (_name, then) => {
    const report = await sweeperOf(testSchedule()).sweep();
    const unhandled: unknown[] = [];
    const onUnhandled = (error: unknown) => void unhandled.push(error);
    process.on("unhandledRejection", onUnhandled);
    try {
      const thenables = [{ then }, Object.assign(() => {}, { then })];
      for (const thenable of thenables) {
        const observed = new SafeObserver(() => thenable);
        observed.notify({ type: "lease-unsupported" });
        await new Promise((resolve) => setTimeout(resolve, 5));
        expect(observed.notifyReport(report).observerError).toMatchObject({ message: "inner" });
      }
    } finally {
      process.off("unhandledRejection", onUnhandled);
    }
    expect(unhandled).toEqual([]);
  });

  it("returns the same report if nothing was thrown, or there is no observer", async () => {
    const report = await sweeperOf(testSchedule()).sweep();
    const seen: unknown[] = [];
    expect(new SafeObserver((event) => seen.push(event)).notifyReport(report)).toBe(report);
    expect(seen).toEqual([{ type: "swept", report }]);
    expect(new SafeObserver(undefined).notifyReport(report)).toBe(report);
  });
});
