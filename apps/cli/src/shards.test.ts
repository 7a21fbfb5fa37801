import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openWorkplace, type Workplace } from "./testing/run-keywhen.js";

let place: Workplace;
beforeEach(async () => {
  place = await openWorkplace({ inProcess: true });
});
afterEach(() => place[Symbol.asyncDispose]());

describe("keywhen shards", () => {
  it("announces a number and tells it", async () => {
    expect((await place.run(["shards", "show"])).stdout).toMatch(/^No shards/);
    const set = await place.run(["shards", "set", "8"]);
    expect(set).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/^Writers that read the shard map use 8 shards from /),
    });
    expect((await place.run(["shards", "set", "8"])).stdout).toMatch(/^Unchanged/);
    const shown = await place.run(["shards", "show", "--json"]);
    expect(JSON.parse(shown.stdout)).toEqual({
      shards: 0,
      numbers: [{ shards: 8, from: expect.stringMatching(/Z$/) }],
    });
  });

  it("drops no number that writers use", async () => {
    await place.run(["shards", "set", "8"]);
    const run = await place.run(["shards", "drop", "8"]);
    expect(run).toMatchObject({
      exitCode: 4,
      stdout: "",
      stderr: expect.stringContaining("8 stays"),
    });
    expect((await place.run(["shards", "drop", "4"])).exitCode).toBe(3);
  });

  it.each(["257", "-1", "many"])("refuses %s", async (number) => {
    expect((await place.run(["shards", "set", "--", number])).exitCode).toBe(2);
  });

  it("lists, shows, cancels and sweeps what lies in shards", async () => {
    const env = { KEYWHEN_SHARDS: "8" };
    const schedule = (id: string, at: string) =>
      place.runWith(env, [
        "schedule",
        "--at",
        at,
        "--to",
        "out/k",
        "--delivery-id",
        id,
        "-q",
        "--body",
        "x",
      ]);
    await place.run(["shards", "set", "8"]);
    const far = await schedule("far", "2096-11-25T08:00:00.000Z");
    const id = far.stdout.trim();
    expect((await place.run(["list", "--ids"])).stdout).toBe(`${id}\n`);
    expect((await place.run(["show", id, "--body"])).stdout).toBe("x");
    expect(await place.run(["cancel", id])).toMatchObject({ exitCode: 0 });
    const due = ["schedule", "--in", "0s", "--to", "out/k", "--body", "x"];
    await place.runWith(env, due);
    const swept = await place.run(["sweep", "--json"]);
    expect(JSON.parse(swept.stdout)).toMatchObject({ delivered: 1, shards: { swept: 9 } });
  });
});
