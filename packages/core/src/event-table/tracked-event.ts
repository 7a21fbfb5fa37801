import type { DueEvent } from "./due-event.js";

/**
 * The state of an event in a sweep; ARCHITECTURE.md shows the transitions. `upcoming`: its instant has not come, or there is no
 * room yet. `ready`: may start. `queued`: behind an older event of its target. `slow`: behind a target bucket that fails
 * slowly. `rejected`: moves to the dead letters when the sweep ends. `left`: no longer in the table.
 */
export type EventState =
  | "upcoming"
  | "ready"
  | "queued"
  | "slow"
  | "copying"
  | "deleting"
  | "undeleted"
  | "rejected"
  | "dead-lettering"
  | "left";

/** An event of the table with its one state. */
export class TrackedEvent {
  readonly event: DueEvent;
  state: EventState = "upcoming";
  /** The older event of its target has just been delivered, so it goes now, however its own tries stand. */
  isFreed = false;
  /** Delete requests that were sent for it. */
  deleteAttempts = 0;

  constructor(event: DueEvent) {
    this.event = event;
  }
}
