import {
  type ActiveSweeper,
  activeSweepers,
  type Clock,
  createSweeper,
  type Duration,
  durationMs,
  type Home,
  type SweepEvent,
  type Sweeping,
} from "@keywhen/core";
import type { LeaseHolder, SweeperState, SweepSummary } from "../api/index.js";
import { ApiFailure, liveErrorOf } from "../api-failure.js";
import type { Journal } from "../live/journal.js";
import { observeSweep } from "./observe-sweep.js";
import { holderOf, toSweepSummary } from "./sweep-summary.js";

/** This server's sweeper, and what is known of others. */
export interface SweeperControl {
  readonly canSweep: boolean;
  readonly allow: readonly string[];
  start(): void;
  stop(): Promise<void>;
  /** One pass over what is due now. */
  sweepNow(): Promise<SweepSummary>;
  /** Looks who holds the lease. */
  look(signal: AbortSignal): Promise<void>;
  state(): SweeperState;
}

export interface SweeperControlParts {
  readonly home: Home;
  readonly clock: Clock;
  readonly journal: Journal;
  /** Empty: it may not sweep. */
  readonly allow: readonly string[];
  /** Said to others that find the lease held. */
  readonly owner: string;
  readonly poll: Duration;
}

const EVERY = "1m";
/** Whoever asked waits for the answer. */
const LONGEST_SWEEP_MS = 30_000;

export function createSweeperControl(parts: SweeperControlParts): SweeperControl {
  const { home, clock, journal, allow, owner, poll } = parts;
  let sweeping: Sweeping | undefined;
  let holdsUntilMs = 0;
  let hasLease = true;
  let active: readonly ActiveSweeper[] = [];
  let lookedAtMs: number | undefined;
  let lastSweep: SweepSummary | undefined;
  let failure: SweeperState["failure"];
  let told = "";

  const state = (): SweeperState => ({
    at: whereSweeping(),
    isStarted: sweeping !== undefined,
    holders: active.map((sweeper) => toHolder(sweeper, owner)),
    ...(lookedAtMs === undefined ? {} : { lookedAt: new Date(lookedAtMs).toISOString() }),
    ...(lastSweep === undefined ? {} : { lastSweep }),
    ...(failure === undefined ? {} : { failure }),
    pollMs: durationMs(poll),
  });
  const whereSweeping = (): SweeperState["at"] => {
    if (sweeping !== undefined && (!hasLease || clock.now() < holdsUntilMs)) return "here";
    const nowMs = clock.now();
    if (active.some((other) => !isOwn(other, owner) && other.expiresAt.getTime() > nowMs)) {
      return "elsewhere";
    }
    if (sweeping !== undefined) return "here";
    return hasLease ? "stopped" : "unknown";
  };
  const tellState = () => {
    const now = state();
    const { lookedAt: _, ...what } = now;
    const text = JSON.stringify(what);
    if (text === told) return;
    told = text;
    journal.tell({ type: "sweeper", sweeper: now });
  };
  const fail = (error: unknown) => {
    failure = { ...liveErrorOf(error), at: new Date(clock.now()).toISOString() };
  };
  const observeOwn = (event: SweepEvent) => {
    if (event.type === "lease-taken") holdsUntilMs = Math.max(holdsUntilMs, event.until.getTime());
    else if (event.type === "lease-unsupported") hasLease = false;
    else if (event.type === "sweep-failed") fail(event.error);
    else if (event.type === "swept") {
      lastSweep = toSweepSummary(event.report, clock.now());
      failure = undefined;
      journal.tell({ type: "swept", report: lastSweep });
    } else return;
    tellState();
  };
  const observeEvents = observeSweep(journal);
  const newSweeper = () => {
    if (allow.length === 0) throw mayNotSweep();
    return createSweeper({
      ...home,
      allowTargets: allow,
      owner,
      observe(event) {
        observeEvents(event);
        observeOwn(event);
      },
    });
  };

  return {
    canSweep: allow.length > 0,
    allow,
    state,
    start() {
      if (sweeping !== undefined) return;
      const started = newSweeper().start({ every: EVERY, poll });
      sweeping = started;
      failure = undefined;
      started.done.catch((error: unknown) => {
        fail(error);
        if (sweeping === started) sweeping = undefined;
        tellState();
      });
      tellState();
    },
    async stop() {
      const stopping = sweeping;
      sweeping = undefined;
      holdsUntilMs = 0;
      await stopping?.stop();
      active = active.filter((sweeper) => !isOwn(sweeper, owner));
      tellState();
    },
    async sweepNow() {
      const deadline = new Date(clock.now() + LONGEST_SWEEP_MS);
      const report = await newSweeper().sweep({ deadline });
      return toSweepSummary(report, clock.now());
    },
    async look(signal) {
      const found = await activeSweepers(home, { signal });
      hasLease = found !== undefined;
      active = found ?? [];
      lookedAtMs = clock.now();
      tellState();
    },
  };
}

function isOwn({ owner }: ActiveSweeper, own: string): boolean {
  return holderOf(owner) === own;
}

function toHolder(sweeper: ActiveSweeper, own: string): LeaseHolder {
  return {
    owner: holderOf(sweeper.owner),
    until: sweeper.until.toISOString(),
    expiresAt: sweeper.expiresAt.toISOString(),
    isHere: isOwn(sweeper, own),
  };
}

function mayNotSweep(): ApiFailure {
  return new ApiFailure(
    403,
    "sweeping-not-allowed",
    "This server was not told which targets it may write to, so it doesn't sweep.",
    "Start it with --allow 'bucket/*'.",
  );
}
