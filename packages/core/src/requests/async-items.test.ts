import { describe, expect, it } from "vitest";
import { withinBudget } from "./async-items.js";

describe("withinBudget()", () => {
  it("runs as much as the budget allows at the same time, but always one item", async () => {
    let weight = 0;
    const most: number[] = [];
    await withinBudget([3, 3, 3, 20, 1], { budget: 7, weightOf: Number }, async (item) => {
      weight += item;
      most.push(weight);
      await Promise.resolve();
      await new Promise(setImmediate);
      weight -= item;
    });
    expect(most).toHaveLength(5);
    expect(Math.max(...most)).toBe(20);
    expect(Math.max(...most.filter((total) => total !== 20))).toBeLessThanOrEqual(7);
  });

  it("takes no further items after a failure, and throws it when all work has ended", async () => {
    const taken: number[] = [];
    const ended: number[] = [];
    const items = (function* () {
      for (let item = 1; item < 100; item += 1) {
        taken.push(item);
        yield item;
      }
    })();
    const work = async (item: number) => {
      await new Promise(setImmediate);
      if (item === 2) throw new Error("two");
      await new Promise(setImmediate);
      ended.push(item);
    };
    await expect(withinBudget(items, { budget: 3, weightOf: () => 1 }, work)).rejects.toThrow(
      "two",
    );
    expect(taken.length).toBeLessThan(6);
    expect(ended).toEqual(expect.arrayContaining([1, 3]));
  });

  it("throws the failure of the items themselves when all work has ended", async () => {
    const ended: number[] = [];
    const items = (async function* () {
      yield 1;
      throw new Error("no more");
    })();
    const work = async (item: number) => {
      await new Promise(setImmediate);
      ended.push(item);
    };
    const all = withinBudget(items, { budget: 9, weightOf: () => 1 }, work);
    await expect(all).rejects.toThrow("no more");
    expect(ended).toEqual([1]);
  });
});
