import { describe, expect, it, onTestFinished } from "vitest";
import { loadCore } from "./core-under-test.js";
import { makeDigestDeterministic } from "./deterministic-hash.js";
import { makeAbortLight } from "./light-abort.js";
import { makePlan } from "./make-plan.js";
import { PROFILE_NAMES } from "./profiles.js";
import { runSeeds } from "./run-seeds.js";
import { runWorld } from "./run-world.js";
import { makeZoneDataChangeable } from "./zone-data.js";

const { AbortController: NodeAbortController } = globalThis;
makeDigestDeterministic();
makeAbortLight();
makeZoneDataChangeable();
const SEEDS_PER_PROFILE = Math.ceil(210 / PROFILE_NAMES.length);

describe("runWorld()", async () => {
  const core = await loadCore();

  it.each(PROFILE_NAMES)("sees every promise kept on a store like %s", async (profile) => {
    const outcome = await runSeeds(core, { from: 1, count: SEEDS_PER_PROFILE, profile });
    expect(outcome.violations).toEqual([]);
    expect(outcome.delivered).toBeGreaterThan(SEEDS_PER_PROFILE);
  });

  it("does the same again, to the last request, with the same seed", async () => {
    for (let seed = 1; seed <= 20; seed++) {
      const [one, other] = [await journalOf(seed), await journalOf(seed)];
      expect(other?.hash(), `seed ${seed}`).toBe(one?.hash());
      expect(one?.lines().length).toBeGreaterThan(10);
    }
  });

  it("does the same with the light abort signals of its threads as with Node's", async () => {
    const seeds = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
    const light = await hashesOf(seeds);
    Object.assign(globalThis, { AbortController: NodeAbortController });
    onTestFinished(makeAbortLight);
    expect(await hashesOf(seeds)).toEqual(light);
  });

  async function hashesOf(seeds: readonly number[]) {
    const hashes: (string | undefined)[] = [];
    for (const seed of seeds) hashes.push((await journalOf(seed))?.hash());
    return hashes;
  }

  async function journalOf(seed: number) {
    return (await runWorld(makePlan(seed), core, { keepsJournal: true })).journal;
  }
});
