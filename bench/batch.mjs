import { PutObjectCommand } from "@aws-sdk/client-s3";
import { createScheduler } from "@keywhen/core";
import { plotBars } from "./bars.mjs";
import { clientOf, openCephHome, SCHEDULE, TARGET } from "./ceph-home.mjs";
import { DAY_MS, forEach, inTurns, median, numbersTo, optionsFrom, timed } from "./measuring.mjs";
import { record } from "./record.mjs";
import { printTable } from "./table.mjs";

const CONCURRENCY = 32;
const BODY = "x".repeat(256);

/** Compares `scheduleMany` with a loop of puts by the same SDK client at the same concurrency, on a Ceph gateway. */
export async function run(args) {
  const size = optionsFrom(args, { events: 10_000, rounds: 3 });
  const { server, home, close } = await openCephHome();
  const bare = clientOf(server);
  const ways = {
    bare: (numbers, run) =>
      forEach(numbers, CONCURRENCY, (number) =>
        bare.send(
          new PutObjectCommand({ Bucket: SCHEDULE, Key: `bare/${run}/${number}`, Body: BODY }),
        ),
      ),
    batch: (numbers, run) => scheduleAll(createScheduler(home), numbers, run),
  };
  const measure = (which, count, run) => timed(count, () => ways[which](numbersTo(count), run));
  try {
    for (const which of Object.keys(ways)) await measure(which, 500, "warm-up");
    const pairs = await inTurns(size.rounds, Object.keys(ways), (which, round) =>
      measure(which, size.events, `${which}-${round}`),
    );
    await show(size, pairs);
  } finally {
    bare.destroy();
    await close();
  }
}

function scheduleAll(scheduler, numbers, run) {
  const at = new Date(Date.now() + DAY_MS);
  const events = numbers.map((number) => ({
    at,
    to: { bucket: TARGET, key: `${run}/${number}` },
    body: BODY,
  }));
  return scheduler.scheduleMany(events, { concurrency: CONCURRENCY });
}

async function show(size, pairs) {
  const middle = (which, key) => median(pairs.map((pair) => pair[which][key]));
  const ratio = median(pairs.map(({ bare, batch }) => batch.perSecond / bare.perSecond));
  const rows = Object.entries({ bare: "bare puts", batch: "scheduleMany" }).map(
    ([which, name]) => ({
      name,
      perSecond: middle(which, "perSecond"),
      cpuUs: middle(which, "cpuUs"),
      isOurs: which === "batch",
    }),
  );
  const first = `${size.events} events`;
  printTable({ [first]: "name", "events/s": "perSecond", "CPU µs/event": "cpuUs" }, rows);
  console.log(`  median of the ratios, pair by pair: ${ratio.toFixed(3)}`);
  const bars = rows.map(({ name, perSecond, isOurs }) => ({ name, value: perSecond, isOurs }));
  const svg = plotBars("Scheduling many, Ceph gateway", [{ title: "events a second", bars }]);
  await record("batch", { concurrency: CONCURRENCY, size, ratio, rows, pairs }, svg);
}
