import { describe, expect, it } from "vitest";
import { mergeSorted } from "./merge-sorted.js";

async function* source(keys: string, onEnd = () => {}) {
  try {
    for (const key of keys) yield key;
  } finally {
    onEnd();
  }
}

async function merged(...sources: readonly string[]): Promise<string> {
  let all = "";
  for await (const key of mergeSorted(
    sources.map((keys) => source(keys)),
    (one) => one,
  ))
    all += key;
  return all;
}

describe("mergeSorted()", () => {
  it("makes one sequence of several, and gives once what stands in two", async () => {
    expect(await merged("adf", "be", "", "c")).toBe("abcdef");
    expect(await merged("abc", "bc", "b")).toBe("abc");
    expect(await merged()).toBe("");
  });

  it("ends every source when it is left in the middle", async () => {
    let ended = 0;
    const sources = ["ac", "bd"].map((keys) => source(keys, () => (ended += 1)));
    for await (const key of mergeSorted(sources, (one) => one)) if (key === "b") break;
    expect(ended).toBe(2);
  });
});
