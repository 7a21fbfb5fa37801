import type { SweepEvent } from "../report/sweep-event.js";
import type { TestHome } from "./test-home.js";

/** What is delivered, and when. */
export function watch(home: TestHome) {
  const delivered: string[] = [];
  const observe = (event: SweepEvent) => {
    if (event.type !== "delivered") return;
    const now = new Date(home.clock.now()).toISOString().slice(11, 23);
    delivered.push(`${now} ${event.to.key} +${event.latenessMs}`);
  };
  return { delivered, observe };
}
