import { describe, expect, it } from "vitest";
import { sweeperOf, testSchedule } from "../test-support/test-schedule.js";
import { createSafeObserver } from "./safe-observer.js";

describe("createSafeObserver()", () => {
  it("keeps the first error that an observer throws, whatever it is", async () => {
    const report = await sweeperOf(testSchedule()).sweep();
    const thrown: unknown[] = [undefined, new Error("later")];
    const observed = createSafeObserver(() => {
      throw thrown.shift();
    });
    observed.tell({ type: "lease-unsupported" });
    expect(observed.tellReport(report).observerError).toMatchObject({
      message: "the observer threw nothing",
    });
  });

  it("keeps what a promise of the observer rejects with, and reports it once", async () => {
    const report = await sweeperOf(testSchedule()).sweep();
    const failure = new Error("the metrics endpoint is down");
    const observed = createSafeObserver(async (event) => {
      if (event.type !== "swept") throw failure;
    });
    observed.tell({ type: "lease-unsupported" });
    observed.tell({ type: "lease-unreadable" });
    await Promise.resolve();
    expect(observed.tellReport(report).observerError).toBe(failure);
    expect(observed.tellReport(report)).toBe(report);
  });

  it("puts a rejection that comes after the report into the next one", async () => {
    const report = await sweeperOf(testSchedule()).sweep();
    const failure = new Error("too late");
    const observed = createSafeObserver((event) =>
      event.type === "swept" ? undefined : Promise.reject(failure),
    );
    observed.tell({ type: "lease-unsupported" });
    expect(observed.tellReport(report)).toBe(report);
    await Promise.resolve();
    expect(observed.tellReport(report).observerError).toBe(failure);
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
        const observed = createSafeObserver(() => thenable);
        observed.tell({ type: "lease-unsupported" });
        await new Promise((resolve) => setTimeout(resolve, 5));
        expect(observed.tellReport(report).observerError).toMatchObject({ message: "inner" });
      }
    } finally {
      process.off("unhandledRejection", onUnhandled);
    }
    expect(unhandled).toEqual([]);
  });

  it("gives the report as it is if nothing was thrown, or nobody listens", async () => {
    const report = await sweeperOf(testSchedule()).sweep();
    const told: unknown[] = [];
    expect(createSafeObserver((event) => told.push(event)).tellReport(report)).toBe(report);
    expect(told).toEqual([{ type: "swept", report }]);
    expect(createSafeObserver(undefined).tellReport(report)).toBe(report);
  });
});
