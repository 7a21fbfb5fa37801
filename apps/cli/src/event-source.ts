import type { Scheduler } from "@keywhen/core";

/** What events are found in: the schedule, or the dead letters. */
export type EventSource = Pick<Scheduler, "get" | "list" | "open">;
