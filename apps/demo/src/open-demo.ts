import {
  createDeadLetters,
  createScheduler,
  type DeadLetters,
  type ScheduleLocation,
  type Scheduler,
} from "@keywhen/core";
import { durationMs, systemClock } from "@keywhen/core/internal";
import { countedStore, noRequests, type OpenedSchedule } from "@keywhen/core/store";
import { sweepOwner } from "@keywhen/host";
import { KEPT_DELIVERIES } from "./api/events.js";
import { type DemoState, type Usage, WATCHED_EVENTS } from "./api/state.js";
import { createDeliveries, type Deliveries } from "./deliveries.js";
import { History } from "./live/history.js";
import { createLiveHub, type LiveHub } from "./live/live-hub.js";
import { LookOut } from "./live/look-out.js";
import { createObstacles, type Obstacles } from "./live/obstacles.js";
import { createRecorder, type Recorder } from "./live/recorder.js";
import { sendCounts } from "./live/send-counts.js";
import { StoreLooks } from "./live/store-looks.js";
import { createWaitingIndex } from "./live/waiting-index.js";
import type { DemoOptions } from "./options.js";
import { spendingOn } from "./spending.js";
import { SweeperControl } from "./sweeper/sweeper-control.js";

/** What the routes work with. */
export interface Demo {
  /** Its store counts the requests. */
  readonly home: ScheduleLocation;
  readonly scheduler: Scheduler;
  readonly deadLetters: DeadLetters;
  readonly hub: LiveHub;
  readonly recorder: Recorder;
  readonly deliveries: Deliveries;
  readonly obstacles: Obstacles;
  readonly lookOut: LookOut;
  readonly sweeper: SweeperControl;
  readonly isReadOnly: boolean;
  readonly guardMs: number;
  state(): DemoState;
}

export interface RunningDemo extends Demo {
  /** Looks at the store and informs listeners until `signal` aborts, then stops the sweeper. */
  run(signal: AbortSignal): Promise<void>;
}

/** The pause between two looks at the store. Listing a folder is free. */
const LOOK_EVERY_MS = { file: 1_000, other: 5_000 };
/** Core's default guards: if clocks can differ, and if this machine's clock is also the store's. */
const GUARD = { differing: "4s", shared: "0s" } as const;

export function openDemo(opened: OpenedSchedule, options: DemoOptions): RunningDemo {
  const requests = noRequests();
  const clock = systemClock;
  const guard = opened.store.capabilities.clock === "shared" ? GUARD.shared : GUARD.differing;
  const { bucket, root } = opened;
  const home = { store: countedStore(opened.store, requests), bucket, root, guard };
  const startedAt = new Date(clock.now()).toISOString();
  const kind = schemeOf(options.storeUrl);

  const hub = createLiveHub(crypto.randomUUID());
  const deliveries = createDeliveries(KEPT_DELIVERIES);
  const waiting = createWaitingIndex(clock.monotonic, WATCHED_EVENTS);
  const dead = createWaitingIndex(clock.monotonic, WATCHED_EVENTS);
  const obstacles = createObstacles(WATCHED_EVENTS);
  const recorder = createRecorder({ hub, deliveries, obstacles, waiting, dead });
  const history = new History({ home, clock, hub, deliveries, obstacles });
  const scheduler = createScheduler(home);
  const deadLetters = createDeadLetters(home);
  const { allow, poll } = options;
  const sweeper = new SweeperControl({ home, clock, recorder, allow, owner: sweepOwner(), poll });
  const looks = new StoreLooks({
    ...{ home, clock, scheduler, deadLetters, hub, recorder },
    lookAtSweepers: (signal) => sweeper.look(signal),
  });
  const everyMs = kind === "file" ? LOOK_EVERY_MS.file : LOOK_EVERY_MS.other;
  const lookOut = new LookOut({ looks, clock, everyMs });

  const usage = (): Usage => ({
    requests: { ...requests },
    spending: options.isOnAws ? spendingOn(requests) : undefined,
  });
  const state = (): DemoState => ({
    store: {
      url: options.storeUrl,
      kind,
      bucket,
      root: root ?? "keywhen",
      keyBytes: opened.store.capabilities.limits.keyBytes,
    },
    readOnly: options.isReadOnly,
    canSweep: sweeper.canSweep,
    allow,
    guardMs: durationMs(guard),
    serverTime: new Date(clock.now()).toISOString(),
    startedAt,
    sweeper: sweeper.state(),
    counts: recorder.counts(),
    ...usage(),
    trouble: lookOut.trouble,
    historyTrouble: history.trouble,
  });

  return {
    ...{ home, scheduler, deadLetters, hub, recorder, deliveries, obstacles },
    ...{ lookOut, sweeper, state },
    isReadOnly: options.isReadOnly,
    guardMs: durationMs(guard),
    async run(signal) {
      if (options.sweeps) sweeper.start();
      const counting = sendCounts({ clock, recorder, usage }, signal);
      await Promise.all([history.recall(signal), lookOut.run(signal), counting]);
      await sweeper.stop();
    },
  };
}

function schemeOf(url: string): string {
  return /^([a-z][a-z0-9+.-]*):/i.exec(url)?.[1]?.toLowerCase() ?? "file";
}
