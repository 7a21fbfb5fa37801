import type { SweepEvent } from "../report/sweep-event.js";
import type { TestSchedule } from "./test-schedule.js";

/** What is delivered, and when. */
export function watch(home: TestSchedule) {
  const delivered: string[] = [];
  const observe = (event: SweepEvent) => {
    if (event.type !== "delivered") return;
    const now = new Date(home.clock.now()).toISOString().slice(11, 23);
    delivered.push(`${now} ${event.to.key} +${event.latenessMs}`);
  };
  return { delivered, observe };
}
