import { describe, expect, it } from "vitest";
import { type Loaded, loadedBy } from "../testing/loaded-modules.js";
import { useWorkplace } from "../testing/run-keywhen.js";

const place = useWorkplace();

/** What takes longer to load than everything else together, and what only single commands need. */
const HEAVY =
  /@aws-sdk|@smithy|@azure|@google-cloud|minio|chrono-node|temporal-polyfill|^node:(http|https|net|tls|readline)/;

const heavyOf = ({ modules }: Loaded) => modules.filter((module) => HEAVY.test(module));

/** The adapters' `url` entries are separate bundled files. */
const adaptersOf = ({ modules }: Loaded) =>
  modules.filter((module) => /\/url-\w+\.js$/.test(module));

const MODULES = 20;
/** 405 kB for a list of a folder, and 2 %: 6 kB of it are searches and groups of events in the scheduler, 3 kB are `keywhen find` and the options `--delivery-id`, 2 kB are the options and the help of `keywhen log`, 2 kB are metadata files that several objects share, and 1 kB are the option `--until` of `keywhen show` and its help. What a single verb does is loaded for that verb alone: docs/decisions/0011-command-line.md. */
const BYTES = 413_000;

describe("starting keywhen", () => {
  it.each([
    [["--help"]],
    [["key", "--in", "10m", "--to", "a/b"]],
    [["decode", "2096-11-25T08:00:00.000Z|a|b|c"]],
  ])("loads no store and nothing heavy for %j", async (args) => {
    const loaded = await loadedBy(place, args, "s3://acme-schedule/jobs?region=eu-west-1");
    expect(loaded.exitCode).toBe(0);
    expect(heavyOf(loaded)).toEqual([]);
    expect(adaptersOf(loaded)).toEqual([]);
    expect(loaded.modules.length).toBeLessThanOrEqual(MODULES);
    expect(loaded.bytes).toBeLessThan(BYTES);
  });

  it("loads the folder's adapter for a list of a folder, and nothing heavy", async () => {
    await place.makeEmptySchedule();
    const loaded = await loadedBy(place, ["list"]);
    expect(loaded.exitCode).toBe(0);
    expect(heavyOf(loaded)).toEqual([]);
    expect(adaptersOf(loaded)).toHaveLength(1);
    expect(loaded.bytes).toBeLessThan(BYTES);
  });

  it("loads the AWS SDK for a bucket, which shows that it would be seen", async () => {
    const loaded = await loadedBy(place, ["list"], "s3://b?endpoint=http://127.0.0.1:1");
    expect(heavyOf(loaded).length).toBeGreaterThan(10);
  });
});
