import { describe, expect, it } from "vitest";
import { createCopySlots } from "./copy-slots.js";

describe("createCopySlots()", () => {
  it("gives out so many at once, and tells how many that were", () => {
    const slots = createCopySlots(2);
    const takes = [slots.take(() => {}), slots.take(() => {}), slots.take(() => {})];
    expect([takes, slots.reached]).toEqual([[true, true, false], 2]);
    slots.free();
    slots.free();
    expect(slots.take(() => {})).toBe(true);
    expect(slots.reached).toBe(2);
  });

  it("wakes those who wait in turn, and passes by who has nothing to do any more", () => {
    const slots = createCopySlots(1);
    const woken: string[] = [];
    const wait = (name: string, takes: boolean) => {
      const wake = () => {
        woken.push(name);
        if (takes) slots.take(wake);
      };
      slots.take(wake);
    };
    slots.take(() => {});
    wait("idle", false);
    wait("first", true);
    wait("second", true);
    slots.free();
    expect(woken).toEqual(["idle", "first"]);
    slots.free();
    expect(woken).toEqual(["idle", "first", "second"]);
  });
});
