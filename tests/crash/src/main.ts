// node tests/crash/dist/main.js NAME: breaks something on purpose, prints a table, and fails if a promise did
// not hold.
import { parseArgs } from "node:util";
import { openCephBed, openRestartableBed } from "./ceph-bed.js";
import { faultyNetwork } from "./faulty-network.js";
import { openFileBed } from "./file-bed.js";
import { fourSweepers } from "./four-sweepers.js";
import { isOdd, killSweepers } from "./kill-sweepers.js";
import { raceNames } from "./names/race-names.js";
import { killRecurring } from "./recurring/kill-recurring.js";
import { restartServer } from "./restart-server.js";
import type { TestBed, TestBedOptions } from "./test-bed.js";
import type { Verdict } from "./verdict.js";
import { killWebhooks } from "./webhooks/kill-webhooks.js";

process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] = "true";

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    seed: { type: "string" },
    store: { type: "string" },
    count: { type: "string" },
  },
});
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
const count = (otherwise: number) => Number(values.count ?? otherwise);

const RUNS: Readonly<Record<string, { what: string; run: () => Promise<readonly Verdict[]> }>> = {
  "kill-sweepers": {
    what: "sweepers die at random moments (count: kills a store, 100)",
    run: () =>
      onEachStore((bed) => killSweepers(bed, { kills: count(100), seed }), { isConsumed: isOdd }),
  },
  "kill-recurring": {
    what: "three sweepers of ten recurring schedules die, whose writers change them (count: seconds, 300)",
    run: () =>
      onEachStore(
        (bed) =>
          killRecurring(bed, {
            schedules: 10,
            everyMs: 10_000,
            forMs: count(300) * 1_000,
            seed,
            isConsumed: isOdd,
          }),
        { isConsumed: isOdd },
      ),
  },
  "kill-webhooks": {
    what: "sweepers and the receiver of their webhooks die (count: events, 2000)",
    run: () => onEachStore((bed) => killWebhooks(bed, { events: count(2_000), seed })),
  },
  "race-names": {
    what: "four processes put events under one name and die (count: puts, 1000)",
    run: () => onEachStore((bed) => raceNames(bed, { puts: count(1_000), kills: 12, seed })),
  },
  "four-sharded": {
    what: "the same over eight shards (count: events, 3000)",
    run: () => onEachStore((bed) => fourSweepers(bed, { events: count(3_000), shards: 8 })),
  },
  "four-sweepers": {
    what: "four sweepers together on one schedule (count: events, 3000)",
    run: () => onEachStore((bed) => fourSweepers(bed, { events: count(3_000) })),
  },
  "restart-server": {
    what: "the server dies in the middle of a sweep and comes back, three times (count: events, 3000)",
    run: async () => {
      await using bed = await openRestartableBed({ isConsumed: () => false });
      using _ = tellProgress(bed);
      return [await restartServer(bed, { events: count(3_000), outages: 3, seed })];
    },
  },
  "faulty-network": {
    what: "answers get lost, cut and late, by each kind of fault (count: events a kind, 60)",
    run: async () => {
      await using bed = await openCephBed();
      using _ = tellProgress(bed);
      return await faultyNetwork(bed, { events: count(60), seed });
    },
  },
};

const LIMIT_MS = 20 * 60_000;
const COLUMNS = [
  "scheduled",
  "unsure",
  "cancelled",
  "delivered",
  "lost",
  "duplicated",
  "dead",
  "faults",
] as const;

const [name = ""] = positionals;
const chosen = Object.hasOwn(RUNS, name) ? RUNS[name] : undefined;
if (chosen === undefined) {
  const lines = Object.entries(RUNS).map(([known, { what }]) => `  ${known.padEnd(16)}${what}\n`);
  process.stderr.write(
    `node tests/crash/dist/main.js NAME [--store ceph|files] [--seed N] [--count N], where NAME is one of\n${lines.join("")}`,
  );
  process.exitCode = 2;
} else {
  process.stdout.write(`${name}, seed ${seed}\n`);
  // The end of this process ends all that it started.
  const tooLong = setTimeout(() => giveUp(name), LIMIT_MS);
  const verdicts = await chosen.run();
  clearTimeout(tooLong);
  const isKept = verdicts.every(({ broken }) => broken.length === 0);
  // Ended by hand: Node 20 can spin for ever over what a fault proxy's half-closed sockets leave behind.
  process.stdout.write(printVerdicts(verdicts), () => process.exit(isKept ? 0 : 1));
}

/** The verdicts as a table for people, with what was broken below. */
function printVerdicts(verdicts: readonly Verdict[]): string {
  const rows = [
    ["", ...COLUMNS],
    ...verdicts.map((verdict) => [verdict.run, ...COLUMNS.map((column) => `${verdict[column]}`)]),
  ];
  const widthOf = (column: number) => Math.max(...rows.map((row) => row[column]?.length ?? 0));
  const lines = rows.map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widthOf(0)) : cell.padStart(widthOf(column)),
      )
      .join(" | "),
  );
  const broken = verdicts.flatMap((verdict) =>
    verdict.broken.map((line) => `BROKEN ${verdict.run}: ${line}`),
  );
  return `${[...lines, ...broken].join("\n")}\n`;
}

/** Prints a line every ten seconds. */
function tellProgress({ name, ledger: { events, occurrences } }: TestBed): Disposable {
  const start = performance.now();
  const timer = setInterval(() => {
    const seconds = Math.round((performance.now() - start) / 1000);
    const records = [...events, ...occurrences.all()];
    const arrived = records.filter(({ arrivals }) => arrivals.length > 0).length;
    const written = events.length > 0 ? ` of ${events.length} written` : "";
    process.stderr.write(`${name}, ${seconds} s: ${arrived}${written} arrived\n`);
  }, 10_000);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

function giveUp(name: string): never {
  process.stderr.write(`${name} takes longer than ${LIMIT_MS / 60_000} minutes.\n`);
  process.exit(1);
}

async function onEachStore(
  run: (bed: TestBed) => Promise<Verdict>,
  options: TestBedOptions = {},
): Promise<readonly Verdict[]> {
  const stores = Object.entries({ ceph: openCephBed, files: openFileBed });
  const chosen = stores.filter(([store]) => (values.store ?? store) === store);
  return Promise.all(
    chosen.map(async ([, open]) => {
      await using bed = await open(options);
      using _ = tellProgress(bed);
      return await run(bed);
    }),
  );
}
