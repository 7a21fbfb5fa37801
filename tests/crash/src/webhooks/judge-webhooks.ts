import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { bodyOf, type EventRecord } from "../ledger.js";
import type { ReceivedLine } from "../receiver-child.js";
import type { TestBed } from "../test-bed.js";
import { judge, type Verdict } from "../verdict.js";
import { areExplained, type Kill, type Received } from "./repeats.js";

interface Judging {
  readonly roots: readonly string[];
  /** What the receivers wrote down: a file for each. */
  readonly folder: string;
  readonly kills: readonly Kill[];
}

type ReceivedWebhook = Received &
  Pick<ReceivedLine & { type: "received" }, "id" | "key" | "sha256" | "isSigned">;

/** Compares what the receivers wrote down with the answers that the writers got. */
export async function judgeWebhooks(
  bed: TestBed,
  { roots, folder, kills }: Judging,
): Promise<Verdict> {
  const webhooks = await readWebhooks(folder);
  const byKey = new Map<string, ReceivedWebhook[]>();
  for (const one of webhooks) byKey.set(one.key, [...(byKey.get(one.key) ?? []), one]);
  for (const record of bed.ledger.events) {
    const own = byKey.get(record.key) ?? [];
    record.arrivals.splice(0); // the receivers' messages were only for the writer
    for (const { atMs, sweeper, id, sha256 } of own) {
      record.arrivals.push({ atMs, maker: sweeper });
      record.seenIds.add(id);
      if (sha256 !== digestOf(record)) record.isDamaged = true;
    }
  }
  const mayRepeat = ({ key }: EventRecord) => areExplained(byKey.get(key) ?? [], kills);
  const run = `kill-webhooks, ${bed.name}`;
  const verdict = await judge(bed, { run, roots, faults: kills.length, mayRepeat });
  const unsigned = webhooks.filter(({ isSigned }) => !isSigned);
  const strangers = webhooks.filter(({ key }) => bed.ledger.at(key) === undefined);
  const broken = [
    ...unsigned.map(({ key }) => `the library refuses the signature of ${key}`),
    ...strangers.map(({ key }) => `no event: ${key}`),
  ];
  return { ...verdict, broken: [...verdict.broken, ...broken] };
}

function digestOf(record: EventRecord): string {
  return createHash("sha256").update(bodyOf(record)).digest("hex");
}

/** In the order of their arrival. */
async function readWebhooks(folder: string): Promise<readonly ReceivedWebhook[]> {
  const webhooks: ReceivedWebhook[] = [];
  for (const receiver of await readdir(folder)) {
    const text = await readFile(join(folder, receiver), "utf8");
    // A line that the kill cut is of a webhook without an answer, whose repeat is then the first one.
    const lines = text.split("\n").slice(0, -1);
    const read: readonly ReceivedLine[] = lines.map((line) => JSON.parse(line));
    const answered = read.filter((line) => line.type === "answered");
    const answeredMs = new Map(answered.map(({ number, atMs }) => [number, atMs]));
    for (const line of read) {
      if (line.type !== "received") continue;
      webhooks.push({ ...line, receiver, answeredMs: answeredMs.get(line.number) });
    }
  }
  return webhooks.toSorted((one, other) => one.atMs - other.atMs);
}
