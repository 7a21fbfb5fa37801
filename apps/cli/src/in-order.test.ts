import { setImmediate } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { inOrder } from "./in-order.js";

async function* count(end: number): AsyncGenerator<number, void> {
  for (let number = 0; number < end; number++) yield number;
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}

describe("inOrder()", () => {
  it("keeps the order whichever is ready first, and never has more under way", async () => {
    let underWay = 0;
    let most = 0;
    const look = async (number: number) => {
      underWay += 1;
      most = Math.max(most, underWay);
      for (let turn = 0; turn <= (number * 7) % 5; turn++) await setImmediate();
      underWay -= 1;
      return number * 10;
    };
    expect(await collect(inOrder(count(20), 4, look))).toEqual(
      Array.from({ length: 20 }, (_, number) => number * 10),
    );
    expect(most).toBe(4);
  });

  it("gives what comes before a failure, then throws it", async () => {
    const look = async (number: number) => {
      if (number === 2) throw new Error("no");
      return number;
    };
    const given: number[] = [];
    const reading = (async () => {
      for await (const number of inOrder(count(9), 3, look)) given.push(number);
    })();
    await expect(reading).rejects.toThrow("no");
    expect(given).toEqual([0, 1]);
  });
});
