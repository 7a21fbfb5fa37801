import { describe, expect, it } from "vitest";
import { useWorkplace } from "../testing/run-keywhen.js";

const place = useWorkplace({ inProcess: true });

describe("keywhen shards", () => {
  it("announces a number and prints it", async () => {
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
    expect(run).toMatchObject({ exitCode: 4, stdout: "" });
    expect((await place.run(["shards", "drop", "4"])).exitCode).toBe(3);
  });

  it.each(["257", "-1", "many"])("refuses %s", async (number) => {
    expect((await place.run(["shards", "set", "--", number])).exitCode).toBe(2);
  });

  it("lists, shows, cancels and sweeps what is in shards", async () => {
    const env = { KEYWHEN_SHARDS: "8" };
    await place.run(["shards", "set", "8"]);
    const far = await place.runWith(env, "schedule --at 2096-11-25T08:00Z --to out/k --body x -q");
    const id = far.stdout.trim();
    expect((await place.run(["list", "--ids"])).stdout).toBe(`${id}\n`);
    expect((await place.run(["show", id, "--body"])).stdout).toBe("x");
    expect(await place.run(["cancel", id])).toMatchObject({ exitCode: 0 });
    await place.runWith(env, "schedule --in 0s --to out/k --body x");
    const swept = await place.run(["sweep", "--json"]);
    expect(JSON.parse(swept.stdout)).toMatchObject({ delivered: 1, shards: { swept: 9 } });
  });
});
