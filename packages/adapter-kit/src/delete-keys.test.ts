import { describe, expect, it } from "vitest";
import { deleteKeys, GONE } from "./delete-keys.js";

const rules = {
  batchSize: 4,
  nameProblem: ({ bucket, key }: { bucket: string; key: string }) =>
    bucket === "bad" || key === "bad" ? "it is bad" : undefined,
};

/** A store that deletes all keys but those that its answer leaves out. */
function deleting(...unnamed: string[]) {
  const sent: string[][] = [];
  const run = (bucket: string, keys: readonly string[]) =>
    deleteKeys(bucket, keys, rules, async (possible, results) => {
      sent.push([...possible]);
      for (const key of possible) if (!unnamed.includes(key)) results.set(key, GONE);
    });
  return { sent, run };
}

describe("deleteKeys()", () => {
  it("returns one result for each key, in order, and sends a repeated key once", async () => {
    const { sent, run } = deleting();
    expect(await run("b", ["x", "y", "x"])).toEqual([GONE, GONE, GONE]);
    expect(sent).toEqual([["x", "y"]]);
  });

  it("fails a name that the store can't have, without sending it", async () => {
    const { sent, run } = deleting();
    const [bad, good] = await run("b", ["bad", "x"]);
    expect(good).toEqual(GONE);
    expect(bad).toMatchObject({
      outcome: "failed",
      error: { code: "invalid-key", operation: "delete", bucket: "b", key: "bad" },
    });
    expect(sent).toEqual([["x"]]);
  });

  it("fails a key that the answer does not name", async () => {
    const [gone, unnamed] = await deleting("y").run("b", ["x", "y"]);
    expect(gone).toEqual(GONE);
    expect(unnamed).toMatchObject({
      outcome: "failed",
      error: { code: "unexpected", key: "y", undecided: true },
    });
  });

  it("sends nothing without keys, of an impossible bucket, and of too many keys", async () => {
    const { sent, run } = deleting();
    expect(await run("b", [])).toEqual([]);
    expect((await run("b", ["bad"]))[0]).toMatchObject({ outcome: "failed" });
    await expect(run("bad", ["x"])).rejects.toMatchObject({ code: "invalid-key", bucket: "bad" });
    await expect(run("b", ["1", "2", "3", "4", "5"])).rejects.toMatchObject({
      code: "not-supported",
      message: "delete b: 5 keys in one call; the limit is 4: split them",
    });
    expect(sent).toEqual([]);
  });
});
