import type { SweepEvent } from "@keywhen/core";
import type { SweptReport } from "@keywhen/core/internal";
import { ObjectStoreError } from "@keywhen/core/store";
import { startAnsweringServer } from "@keywhen/test-servers";
import {
  createForwarder,
  describeForwarded,
  readForwardAddress,
} from "../../../apps/cli/src/sweeping/forwarder.js";
import { serveHealth } from "../../../apps/cli/src/sweeping/run-health.js";
import { createRunLines } from "../../../apps/cli/src/sweeping/run-lines.js";
import { newRunState } from "../../../apps/cli/src/sweeping/run-state.js";
import { createSweepNotes } from "../../../apps/cli/src/sweeping/sweep-notes.js";
import { describeSweep, sweepProblems } from "../../../apps/cli/src/sweeping/sweep-summary.js";
import { createTroubleNotes } from "../../../apps/cli/src/sweeping/trouble-notes.js";
import { heldReport, SWEPT } from "../../../apps/cli/src/testing/reports.js";
import type { Facts, Messages } from "./expect-messages.js";
import { withoutTimes } from "./keywhen.js";

const to = { bucket: "out", key: "k" };
const id = "2096-11-25T08:00:00.000Z|out|k|d";
const error = new ObjectStoreError({ code: "denied", operation: "copy", ...to, message: "No" });
const HELD = heldReport("web-1 pid 7");

/** What `keywhen sweep` notes of an event of a sweep. */
const noted = (event: object) => () =>
  new Promise((resolve) => createSweepNotes(resolve).observe({ id, to, ...event } as SweepEvent));

/** What `keywhen run` notes of it, without the time of day. */
const running = (event: object) => () =>
  new Promise((resolve) => {
    const note = (text: string) => resolve(text.slice("00:00:00.000  ".length));
    createRunLines({ note } as never, undefined).observe({ id, to, ...event } as SweepEvent);
  });

const PAUSED = {
  type: "destination-paused",
  destination: "hooks",
  until: new Date(),
  message: "hooks/k: answered 429",
};
const withoutClock = (text: unknown) => String(text).replace(/\d\d:\d\d:\d\d\.\d{3}/, "TIME");

const problem = (report: Partial<SweptReport>) => () =>
  sweepProblems({ ...SWEPT, ...report }).join();

export const SWEEPS: Messages = {
  "none or too few of the due events are allowed, so the others were left where they are: check ⟦--allow⟧":
    problem({ circuitOpen: true }),
  "ended early: this machine's clock is ⟦3.2 s⟧ ahead of the store's, so events would be early: set it (NTP)":
    problem({ truncated: "clock-skew", skewMs: 3_210 }),
  "ended early: the sweeper is not allowed to ⟦delete⟧ delivered events, so each sweep would deliver them again: grant it the permission":
    problem({ truncated: "denied" }),
  "left where it is: ⟦'2096-11-25T08:00:00.000Z|out|k|d'⟧: out/k is outside allowTargets (a/*); check --allow":
    noted({
      type: "refused",
      reason: "target-not-allowed",
      message: "out/k is outside allowTargets (a/*)",
    }),
  "this store can't have ⟦a lease⟧: run one sweeper at a time, and keywhen doctor --probe to see why":
    noted({ type: "lease-unsupported" }),
  "⟦the shard map⟧ is unreadable, so all 256 shards are swept: run keywhen doctor": noted({
    type: "shard-map-unreadable",
  }),
  "Can't listen on port ⟦PORT⟧ (EADDRINUSE). Give --health another port.": listenTwice,
};

async function listenTwice(): Promise<unknown> {
  await using first = await serveHealth(0, newRunState(), 1);
  const { port } = new URL(first.url);
  return await serveHealth(Number(port), newRunState(), 1).catch(({ message, hint }) =>
    `${message} ${hint}`.replace(port, "PORT"),
  );
}

/** Why a delivery is not forwarded to an address that redirects. */
async function redirected(): Promise<unknown> {
  const server = await startAnsweringServer(() => ({ status: 302 }));
  const copied = { ...to, size: 1, copiedAt: new Date() };
  const address = readForwardAddress(server.endpoint);
  const forwarder = createForwarder({ address, onRetry: () => {} });
  const forwarded = forwarder.send(copied);
  await forwarder.end();
  await server.stop();
  return describeForwarded(await forwarded);
}

export const SWEEP_FACTS: Facts = {
  "another sweeper, or the next sweep, does the rest": {
    "Another sweeper is at work: web-1 pid 7, until TIME unless it renews its lease. Nothing was done":
      () => withoutTimes(describeSweep(HELD)),
    "Another sweeper is at work: web-1 pid 7. This one waits for its turn.": () =>
      new Promise((resolve) => createTroubleNotes(resolve, "")({ type: "swept", report: HELD })),
    "ended early: the deadline was reached": problem({ truncated: "deadline" }),
    "ended early: the lease was lost, so another sweeper delivers the rest": problem({
      truncated: "lease-lost",
    }),
    "the lease could not be released, it expires within a minute: copy out/k: No": noted({
      type: "lease-unreleased",
      error,
    }),
    "the lease object was unreadable and is replaced; the sweep looks for each due event at its target first":
      noted({ type: "lease-unreadable" }),
    "left for the next sweep: '2096-11-25T08:00:00.000Z|out|k|d': copy out/k: No": noted({
      type: "failed",
      error,
    }),
    "delivered but not deleted: '2096-11-25T08:00:00.000Z|out|k|d': copy out/k: No": noted({
      type: "undeleted",
      error,
    }),
    "undeleted  out/k  delivered, but not deleted: copy out/k: No": running({
      type: "undeleted",
      error,
    }),
    "delivered by an earlier sweep, now deleted: '2096-11-25T08:00:00.000Z|out|k|d'": noted({
      type: "already-delivered",
    }),
    "deleted    out/k  an earlier sweep had delivered it": running({ type: "already-delivered" }),
    "hooks gets no events until TIME: hooks/k: answered 429": async () =>
      withoutClock(await noted(PAUSED)()),
    "paused     hooks  until TIME: hooks/k: answered 429": async () =>
      withoutClock(await running(PAUSED)()),
    "shard 05 could not be swept: copy out/k: No": noted({ type: "shard-failed", shard: 5, error }),
  },
  "a dead letter, which keywhen dead list explains": {
    "dead-lettered: '2096-11-25T08:00:00.000Z|out|k|d': --allow doesn't name its target": noted({
      type: "dead",
      reason: "target-not-allowed",
    }),
    "dead-lettered: '2096-11-25T08:00:00.000Z|out|k|d': the store can't have its target, copy out/k: No":
      noted({ type: "dead", reason: "target-invalid", error }),
    "dead-lettered: '2096-11-25T08:00:00.000Z|out|k|d': its destination rejected it, copy out/k: No":
      noted({ type: "dead", reason: "rejected", error }),
    "expired, dead-lettered: '2096-11-25T08:00:00.000Z|out|k|d': too late": noted({
      type: "expired",
      message: "too late",
    }),
    "dead-lettered: '2096-11-25T08:00:00.000Z|out|k|d': it failed for too long, copy out/k: No":
      noted({ type: "dead", reason: "max-age", error }),
  },
  "what became of these events is not in the journal": {
    "12 lines of the journal could not be written and are lost: copy out/k: No": noted({
      type: "journal-failed",
      lines: 12,
      error,
    }),
  },
  "what the user's own server answers": {
    "not forwarded: 302 Found (redirects are not followed)": redirected,
  },
};
