import type { DeadLetters, ScheduleLocation, Scheduler } from "@keywhen/core";
import type { DemoState } from "./api/index.js";
import type { Deliveries } from "./deliveries.js";
import type { Journal } from "./live/journal.js";
import type { LiveHub } from "./live/live-hub.js";
import type { LookOut } from "./live/look-out.js";
import type { SweeperControl } from "./sweeper/sweeper-control.js";

/** What the routes work with. */
export interface Demo {
  /** Its store counts the requests. */
  readonly home: ScheduleLocation;
  readonly scheduler: Scheduler;
  readonly deadLetters: DeadLetters;
  readonly hub: LiveHub;
  readonly journal: Journal;
  readonly deliveries: Deliveries;
  readonly lookOut: LookOut;
  readonly sweeper: SweeperControl;
  readonly isReadOnly: boolean;
  readonly guardMs: number;
  state(): DemoState;
}
