import { describe, expect, it } from "vitest";
import { type PutRecord, problemsOf } from "./put-record.js";

const put = (content: string, beganMs: number, endedMs: number, replaced?: string): PutRecord => ({
  content,
  beganMs,
  endedMs,
  put: { id: `id-${content}`, replaced },
});
const killed = (content: string, beganMs: number, endedMs: number): PutRecord => ({
  ...put(content, beganMs, endedMs),
  put: undefined,
});
const waits = (...contents: string[]) =>
  contents.map((content) => ({ id: `id-${content}`, content }));

describe("one order of all puts", () => {
  it("exists if the event of the last one waits, or of one at the same time", () => {
    expect(problemsOf([put("a", 0, 1), put("b", 2, 3, "id-a")], waits("b"))).toEqual([]);
    expect(problemsOf([put("a", 0, 3, "id-b"), put("b", 1, 2)], waits("a"))).toEqual([]);
    expect(problemsOf([put("a", 0, 1), killed("b", 2, 3)], waits("a"))).toEqual([]);
    expect(problemsOf([put("a", 0, 1), killed("b", 2, 3)], waits("b"))).toEqual([]);
  });

  it.each([
    ["two events wait", [put("a", 0, 3), put("b", 1, 2)], waits("a", "b"), "2 events wait"],
    ["none waits", [put("a", 0, 1)], [], "0 events wait"],
    ["an older one waits", [put("a", 0, 1), put("b", 2, 3)], waits("a"), "b was put after it"],
    ["one of a killed caller waits", [killed("a", 0, 1), put("b", 2, 3)], waits("a"), "after it"],
    ["an unknown one waits", [], waits("x"), "never put"],
    ["it came back", [put("a", 0, 3), put("b", 1, 2, "id-a")], waits("a"), "id-a was replaced"],
    [
      "one was replaced twice",
      [put("a", 0, 9), put("b", 0, 9, "id-a"), put("c", 0, 9, "id-a")],
      waits("c"),
      "replaced by two puts",
    ],
    [
      "one was replaced before it began",
      [put("a", 0, 1, "id-b"), put("b", 2, 3)],
      waits("b"),
      "which began later",
    ],
  ])("does not exist if %s", (_, puts, waiting, problem) => {
    expect(problemsOf(puts, waiting).join()).toContain(problem);
  });
});
