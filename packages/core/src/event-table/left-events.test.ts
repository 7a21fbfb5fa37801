import { describe, expect, it } from "vitest";
import { dueEvent } from "../test-support/due-event.js";
import { LeftEvents } from "./left-events.js";

const NEVER = Number.POSITIVE_INFINITY;

function leftFrom(...keys: readonly string[]): LeftEvents {
  const left = new LeftEvents();
  for (const [index, key] of keys.entries()) {
    left.add(dueEvent(key, { atMs: 10 - index, sinceMs: 20 - index }));
  }
  return left;
}

describe("LeftEvents", () => {
  it("lets stay what is newer than the first, and what does not come in the order of the keys", () => {
    const left = leftFrom();
    const mustStay = (key: string, isListed: boolean) => left.mustStay(dueEvent(key), isListed);
    expect([mustStay("k", true), mustStay("k", false)]).toEqual([false, false]);
    left.add(dueEvent("m"));
    left.add(dueEvent("k"));
    left.add(dueEvent("n"));
    expect([left.fromKey, left.count]).toEqual(["k", 3]);
    expect([mustStay("j", true), mustStay("j", false)]).toEqual([false, true]);
    expect([mustStay("k", true), mustStay("z", true)]).toEqual([true, true]);
  });

  it("keep out what comes due before the next listing has met them again", () => {
    const left = leftFrom("k");
    const event = dueEvent("z");
    left.startListing();
    expect([left.mustStay(event, true), left.mustStay(event, false)]).toEqual([false, true]);
    left.startListing(); // the listing was broken off
    expect(left.mustStay(event, false)).toBe(true);
    left.endListing();
    expect(left.mustStay(event, false)).toBe(false);
  });

  it("know the earliest of them, until everything is listed again or they have come in", () => {
    const left = leftFrom("k", "l");
    expect([left.atMs, left.sinceMs]).toEqual([9, 19]);
    left.startListing();
    expect([left.count, left.atMs, left.sinceMs]).toEqual([0, NEVER, NEVER]);
    const others = leftFrom("k");
    others.startRefill();
    expect(others.sinceMs).toBe(20);
    others.endRefill(undefined);
    expect([others.count, others.sinceMs, others.fromKey]).toEqual([0, NEVER, undefined]);
  });

  it("are listed again from the first on, page by page", () => {
    const left = leftFrom("k3", "k4");
    const isRefilled = (key: string) => left.isRefilled(dueEvent(key));
    expect(isRefilled("k3")).toBe(false);
    expect(left.startRefill()).toBe("k");
    expect([isRefilled("k2"), isRefilled("k3")]).toEqual([false, true]);
    expect(left.mustStay(dueEvent("z"), false)).toBe(true);
    left.endRefill("k7");
    expect(left.fromKey).toBe("k7\0");
    expect([left.startRefill(), isRefilled("k7"), isRefilled("k8")]).toEqual(["k7", false, true]);
  });

  it("are listed again from the first one that still has no room", () => {
    const left = leftFrom("k3");
    left.startRefill();
    left.add(dueEvent("k5"));
    left.endRefill("k7");
    expect([left.fromKey, left.startRefill()]).toEqual(["k5", "k"]);
  });

  it("advance past a page that does not reach them, and not past one that could not be read", () => {
    const left = leftFrom("k3");
    left.startRefill();
    left.endRefill("");
    expect([left.fromKey, left.startRefill()]).toEqual(["k3", "k"]);
    left.endRefill("k1");
    expect([left.fromKey, left.startRefill()]).toEqual(["k3", "k1"]);
    left.endRefill("k2");
    left.add(dueEvent("k15"));
    expect([left.fromKey, left.startRefill()]).toEqual(["k15", "k1"]);
  });

  it("do not list again what has come in and stays, until everything is listed again", () => {
    const left = leftFrom("k3");
    left.stays(dueEvent("k4"));
    left.startRefill();
    expect([left.isRefilled(dueEvent("k4")), left.isRefilled(dueEvent("k5"))]).toEqual([
      false,
      true,
    ]);
    for (let count = 0; count < 1_000; count++) left.stays(dueEvent(`x${count}`));
    expect([left.isRefilled(dueEvent("x998")), left.isRefilled(dueEvent("x999"))]).toEqual([
      false,
      true,
    ]);
    left.endRefill("");
    left.startListing();
    left.add(dueEvent("k3"));
    left.startRefill();
    expect(left.isRefilled(dueEvent("k4"))).toBe(true);
  });
});
