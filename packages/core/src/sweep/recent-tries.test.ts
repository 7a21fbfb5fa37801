import { describe, expect, it } from "vitest";
import { RecentTries } from "./recent-tries.js";

describe("RecentTries", () => {
  it("remembers when the latest ten thousand failed", () => {
    const tries = new RecentTries();
    expect([tries.get("0"), tries.get(undefined)]).toEqual([undefined, undefined]);
    for (let index = 0; index < 10_000; index++) tries.failed(`${index}`, index);
    tries.failed("0", 7);
    tries.failed("new", 8);
    expect(["0", "1", "2", "new"].map((key) => tries.get(key))).toEqual([7, undefined, 2, 8]);
  });
});
