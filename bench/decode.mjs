import { codecV1 } from "@keywhen/core/internal";
import { median, numbersTo, timed } from "./measuring.mjs";

const KEYS = 1_000_000;
const RUNS = 5;

export async function run() {
  const ids = numbersTo(KEYS).map((index) =>
    codecV1.encode({
      atMs: Date.UTC(2026, 10, 24) + index * 977,
      to: {
        bucket: "acme-reminders",
        key: `users/${index}/reminder ${index % 7 === 0 ? "é" : ""}.json`,
      },
      deliveryId: index.toString(32).padStart(12, "0"),
      suffix: undefined,
    }),
  );
  const plain = ids.map((id) => id.replaceAll("%20", "-").replaceAll("%C3%A9", "e"));
  console.log(`${KEYS.toLocaleString("en-US")} keys decoded, seconds, median of ${RUNS}`);
  console.log(`  escaped characters in each key   ${await seconds(ids)}`);
  console.log(`  plain keys                       ${await seconds(plain)}`);
}

async function seconds(ids) {
  const times = [];
  for (let run = 0; run < RUNS; run++) times.push((await timed(ids.length, () => decode(ids))).ms);
  return (median(times) / 1_000).toFixed(2);
}

function decode(ids) {
  for (const id of ids) {
    if (codecV1.decode(id) === undefined) throw new Error(`unrecognized: ${id}`);
  }
}
