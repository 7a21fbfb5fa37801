import type { ScheduleLocation } from "@keywhen/core";
import type { Destination } from "@keywhen/core/destination";
import type { ObjectRef } from "@keywhen/core/store";
import type { Activity } from "./activity.js";
import type { Process } from "./actors/process.js";
import type { CoreUnderTest } from "./core-under-test.js";
import type { Journal } from "./journal.js";
import type { Ledger } from "./ledger.js";
import type { Plan } from "./plan.js";
import type { StoredObjects } from "./store/stored-objects.js";
import type { VirtualTime } from "./virtual-time.js";

export interface World {
  readonly plan: Plan;
  readonly core: CoreUnderTest;
  readonly time: VirtualTime;
  readonly objects: StoredObjects;
  readonly ledger: Ledger;
  readonly journal: Journal | undefined;
  /** The plan's destinations, as the process of this call reaches them. */
  destinationsOf(activity: Activity): Readonly<Record<string, Destination>>;
  /** Runs a call of keywhen's API in a process, with its own schedule location; never rejects. */
  run(activity: Activity, call: (home: ScheduleLocation) => Promise<string>): Promise<void>;
  isBusy(process: Process): boolean;
  whenHealed(action: () => void): void;
  consumed(target: ObjectRef): void;
}
