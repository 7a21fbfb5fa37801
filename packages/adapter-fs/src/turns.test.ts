import { describe, expect, it } from "vitest";
import { type Steps, waitFor } from "./steps.js";
import { Turns } from "./turns.js";

function* busyFor(ms: number): Steps<void> {
  const endMs = performance.now() + ms;
  while (performance.now() < endMs);
  yield* [];
}

describe("Turns", () => {
  it("runs what was asked for in one turn together, and what waits in a later one", async () => {
    const turns = new Turns();
    const seen: (readonly [string, number])[] = [];
    const work = function* (name: string): Steps<void> {
      seen.push([name, turns.number]);
      yield* waitFor(Promise.resolve());
      seen.push([name, turns.number]);
    };
    await Promise.all([turns.run(work("a")), turns.run(work("b"))]);
    const [first, second, third, fourth] = seen.map(([, turn]) => turn);
    expect(second).toBe(first);
    expect(third).toBeGreaterThan(Number(second));
    expect(fourth).toBe(third);
  });

  it("lets timers run between long work", async () => {
    const turns = new Turns();
    const all = Promise.all(Array.from({ length: 20 }, () => turns.run(busyFor(3))));
    let timers = 0;
    const timer = setInterval(() => {
      timers += 1;
    }, 1);
    await all;
    clearInterval(timer);
    expect(timers).toBeGreaterThan(5);
  });

  it("passes on a failure of what work waits for, and of the work", async () => {
    const turns = new Turns();
    const failing = function* (): Steps<void> {
      try {
        yield* waitFor(Promise.reject(new Error("waited")));
      } catch (error) {
        throw new Error("failed", { cause: error });
      }
    };
    await expect(turns.run(failing())).rejects.toThrow("failed");
  });

  it("reports the end of a turn after all its work", async () => {
    const turns = new Turns();
    const seen: string[] = [];
    const work = function* (): Steps<void> {
      void turns.end().then(() => seen.push("end"));
      yield* busyFor(0);
    };
    const [first, second] = [turns.run(work()), turns.run(busyFor(1))];
    await Promise.all([first, second.then(() => seen.push("second"))]);
    expect(seen).toEqual(["second", "end"]);
  });
});
