import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { webhook } from "@keywhen/webhook";
import { drain } from "../drain.js";
import { seededRandom } from "../network-faults.js";
import { type ReceiverChild, startReceiver } from "../receiver-child.js";
import { TARGET } from "../store-place.js";
import { startSweeper } from "../sweeper-child.js";
import type { TestBed } from "../test-bed.js";
import type { Verdict } from "../verdict.js";
import { startWriter } from "../writer.js";
import { judgeWebhooks } from "./judge-webhooks.js";
import type { Kill } from "./repeats.js";

export interface KillWebhooksOptions {
  readonly events: number;
  readonly seed: number;
  /** Schedules with one sweeper each. @default 4 */
  readonly lanes?: number | undefined;
  /** Events on their way in each schedule, those included that back off after a killed receiver. @default 150 */
  readonly backlog?: number | undefined;
}

/** Where a sweeper posts, and what signs it. */
interface Receiver {
  readonly url: string;
  readonly secret: string;
}

/** A sweeper lives this long after its first webhook, a receiver this long after its start. */
const LONGEST_SWEEPER_MS = 4_000;
const LONGEST_RECEIVER_MS = 5_000;
/** How long no receiver listens. */
const LONGEST_OUTAGE_MS = 300;
const FIRST_WEBHOOK_LIMIT_MS = 60_000;
/** An event that met a dead receiver three times is tried again after seven minutes. */
const DRAIN_LIMIT_MS = 12 * 60_000;

/**
 * Kills sweepers and the receiver of their webhooks at random moments, while new events come; then sweeps in good order until
 * nothing waits. Each repeat of a webhook must come from a kill, with the same id and a signature that the library accepts.
 */
export async function killWebhooks(bed: TestBed, options: KillWebhooksOptions): Promise<Verdict> {
  const { events, seed, lanes = 4, backlog = 150 } = options;
  const folder = await mkdtemp(join(tmpdir(), "keywhen-webhooks-"));
  try {
    const port = await freePort();
    const secret = `whsec_${randomBytes(32).toString("base64")}`;
    const receiver = { url: `http://127.0.0.1:${port}/due`, secret };
    const roots = Array.from({ length: lanes }, (_, lane) => `webhooks-${lane}`);
    const start = (name: string) =>
      startReceiver({ port, secret, file: join(folder, name) }, (key) => {
        bed.ledger.at(key)?.arrivals.push({ atMs: performance.now(), maker: undefined });
      });
    const over = new AbortController();
    const receiving = killReceivers(start, seededRandom(seed), over.signal);
    const sweeping = roots.map((root, lane) =>
      killSweepers(bed, {
        ...{ root, receiver, backlog, events: Math.ceil(events / lanes) },
        random: seededRandom(seed + 1 + lane),
      }),
    );
    const killedSweepers = await Promise.all(sweeping).finally(() => over.abort());
    const { kills, last } = await receiving;
    const drainer = webhook({ ...receiver, headers: { "x-sweeper": "drain" } });
    await drain(bed, roots, { destinations: { [TARGET]: drainer }, limitMs: DRAIN_LIMIT_MS });
    await last.kill();
    return await judgeWebhooks(bed, { roots, folder, kills: [...kills, ...killedSweepers.flat()] });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  return typeof address === "object" ? (address?.port ?? 0) : 0;
}

/** One receiver after another, until the signal aborts; the last one lives on. */
async function killReceivers(
  start: (name: string) => Promise<ReceiverChild>,
  random: () => number,
  signal: AbortSignal,
): Promise<{ readonly kills: readonly Kill[]; readonly last: ReceiverChild }> {
  const kills: Kill[] = [];
  const unlessOver = (ms: number) => sleep(ms, undefined, { signal }).catch(() => {});
  for (;;) {
    const name = `receiver-${kills.length}`;
    const receiver = await start(name);
    await unlessOver(random() * LONGEST_RECEIVER_MS);
    if (signal.aborted) return { kills, last: receiver };
    await receiver.kill();
    kills.push({ name, atMs: Date.now() });
    await unlessOver(random() * LONGEST_OUTAGE_MS);
  }
}

interface Lane {
  readonly root: string;
  readonly receiver: Receiver;
  readonly backlog: number;
  readonly events: number;
  readonly random: () => number;
}

/** One sweeper after another, until every event of a schedule is written. */
async function killSweepers(
  bed: TestBed,
  { root, receiver, backlog, events, random }: Lane,
): Promise<readonly Kill[]> {
  const writer = startWriter(bed, { root, backlog, atOnce: 4, most: events });
  let isWritten = false;
  void writer.ended.then(() => {
    isWritten = true;
  });
  const kills: Kill[] = [];
  try {
    while (!isWritten) {
      const name = `${root}-sweeper-${kills.length}`;
      const { place } = bed;
      const job = { place, root, name, whenHeld: "wait", pauseMs: 250, receiver } as const;
      const sweeper = await startSweeper(job);
      const limit = sleep(FIRST_WEBHOOK_LIMIT_MS, undefined, { ref: false });
      await Promise.race([sweeper.start(), limit, writer.ended]);
      await sleep(random() * LONGEST_SWEEPER_MS);
      await sweeper.kill();
      kills.push({ name, atMs: Date.now() });
    }
  } finally {
    await writer.stop();
  }
  return kills;
}
