import {
  createSweeper,
  type Duration,
  type Observer,
  type ScheduleLocation,
  type SweepEvent,
  type Sweeper,
  type Sweeping,
} from "@keywhen/core";
import { activeSweepers, type Clock, durationMs } from "@keywhen/core/internal";
import { recurringWakeUps } from "@keywhen/recurring";
import type { SweeperState, SweepSummary } from "../api/state.js";
import { ApiFailure, liveErrorOf } from "../api-failure.js";
import type { Recorder } from "../live/recorder.js";
import { observeSweep } from "./observe-sweep.js";
import { isOwn, type SweeperKnowledge, sweeperState, toSweepSummary } from "./sweeper-state.js";

export interface SweeperControlParts {
  readonly home: ScheduleLocation;
  readonly clock: Clock;
  readonly recorder: Recorder;
  /** Empty: this server must not sweep. */
  readonly allow: readonly string[];
  /** Shown to other sweepers that find the lease held. */
  readonly owner: string;
  readonly poll: Duration;
}

const EVERY = "1m";
/** The HTTP request waits for the sweep to end. */
const LONGEST_SWEEP_MS = 30_000;

/** Starts and stops this server's sweeper, and knows which sweepers hold the lease. */
export class SweeperControl {
  readonly #parts: SweeperControlParts;
  readonly #observeEvents: Observer;
  readonly #known: SweeperKnowledge = {
    leasedUntilMs: 0,
    hasLease: true,
    active: [],
    lookedAtMs: undefined,
    lastSweep: undefined,
    failure: undefined,
  };
  #sweeping: Sweeping | undefined;
  /** The last published state as JSON, without the time of the look. */
  #published = "";

  constructor(parts: SweeperControlParts) {
    this.#parts = parts;
    this.#observeEvents = observeSweep(parts.recorder);
  }

  get canSweep(): boolean {
    return this.#parts.allow.length > 0;
  }

  get allow(): readonly string[] {
    return this.#parts.allow;
  }

  state(): SweeperState {
    const { clock, owner, poll } = this.#parts;
    const own = { isStarted: this.#sweeping !== undefined, owner, pollMs: durationMs(poll) };
    return sweeperState(this.#known, own, clock.now());
  }

  start(): void {
    if (this.#sweeping !== undefined) return;
    const started = this.#createSweeper().start({ every: EVERY, poll: this.#parts.poll });
    this.#sweeping = started;
    this.#known.failure = undefined;
    started.done.catch((error: unknown) => {
      this.#fail(error);
      if (this.#sweeping === started) this.#sweeping = undefined;
      this.#publish();
    });
    this.#publish();
  }

  async stop(): Promise<void> {
    const stopping = this.#sweeping;
    this.#sweeping = undefined;
    this.#known.leasedUntilMs = 0;
    await stopping?.stop();
    this.#known.active = this.#known.active.filter((sweeper) => !isOwn(sweeper, this.#parts.owner));
    this.#publish();
  }

  /** Sweeps once what is due now. */
  async sweepNow(): Promise<SweepSummary> {
    const { clock } = this.#parts;
    const deadline = new Date(clock.now() + LONGEST_SWEEP_MS);
    const report = await this.#createSweeper().sweep({ deadline });
    return toSweepSummary(report, clock.now());
  }

  /** Looks up which sweepers hold the lease. */
  async look(signal: AbortSignal): Promise<void> {
    const { home, clock } = this.#parts;
    const found = await activeSweepers(home, { signal });
    this.#known.hasLease = found !== undefined;
    this.#known.active = found ?? [];
    this.#known.lookedAtMs = clock.now();
    this.#publish();
  }

  #createSweeper(): Sweeper {
    const { home, allow, owner } = this.#parts;
    if (!this.canSweep) throw noAllowedTargets();
    return createSweeper({
      ...home,
      allowTargets: allow,
      owner,
      journal: true,
      wakeUps: recurringWakeUps(),
      observe: (event) => {
        this.#observeEvents(event);
        if (this.#noteSweeper(event)) this.#publish();
      },
    });
  }

  /** Stores what a sweep event reports about the sweeper itself. Returns false if it reports nothing about it. */
  #noteSweeper(event: SweepEvent): boolean {
    switch (event.type) {
      case "lease-taken":
        this.#known.leasedUntilMs = Math.max(this.#known.leasedUntilMs, event.until.getTime());
        return true;
      case "lease-unsupported":
        this.#known.hasLease = false;
        return true;
      case "sweep-failed":
        this.#fail(event.error);
        return true;
      case "swept":
        return this.#noteSwept(toSweepSummary(event.report, this.#parts.clock.now()));
      default:
        return false;
    }
  }

  #noteSwept(report: SweepSummary): true {
    this.#known.lastSweep = report;
    this.#known.failure = undefined;
    this.#parts.recorder.send({ type: "swept", report });
    return true;
  }

  #fail(error: unknown): void {
    const at = new Date(this.#parts.clock.now()).toISOString();
    this.#known.failure = { ...liveErrorOf(error), at };
  }

  /** Sends the state to the listeners if more than the time of the look has changed. */
  #publish(): void {
    const state = this.state();
    const { lookedAt: _, ...rest } = state;
    const published = JSON.stringify(rest);
    if (published === this.#published) return;
    this.#published = published;
    this.#parts.recorder.send({ type: "sweeper", sweeper: state });
  }
}

function noAllowedTargets(): ApiFailure {
  return new ApiFailure(
    403,
    "sweeping-not-allowed",
    "This server cannot sweep, because it has no allowed targets.",
    "Start it with --allow 'bucket/*'.",
  );
}
