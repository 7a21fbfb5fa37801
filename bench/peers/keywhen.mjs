// keywhen itself: what `keywhen run` does, a sweeper that looks ahead. A job is done when its copy is confirmed, or when
// its handler has begun.
import { handler } from "@keywhen/consumer";
import { createScheduler, createSweeper } from "@keywhen/core";
import { SCHEDULE, TARGET } from "../ceph-home.mjs";

export const settings = '`start({ poll: "1s" })`, otherwise with its defaults: 64 copies in flight';
export const handlerSettings =
  "a `handler()` that reads the body, in the sweeper's process, otherwise with its defaults";

export function schedulerOf(store) {
  const scheduler = createScheduler({ store, bucket: SCHEDULE });
  return (id, atMs, body) =>
    scheduler.schedule({ at: new Date(atMs), to: { bucket: TARGET, key: `jobs/${id}` }, body });
}

export function sweepOn(store, onJob) {
  const sweeper = createSweeper({
    store,
    bucket: SCHEDULE,
    allowTargets: [`${TARGET}/*`],
    observe(event) {
      if (event.type === "sweep-failed") throw event.error;
      if (event.type !== "delivered") return;
      onJob(event.to.key.slice("jobs/".length), Date.parse(event.id.slice(0, 24)));
    },
  });
  const sweeping = sweeper.start({ poll: "1s" });
  return () => sweeping.stop();
}

export function handleOn(store, onJob) {
  const job = handler(async ({ key, at, bytes }) => {
    onJob(key.slice("jobs/".length), at.getTime());
    await bytes();
  });
  const sweeper = createSweeper({
    store,
    bucket: SCHEDULE,
    destinations: { [TARGET]: job },
    observe(event) {
      if (event.type === "sweep-failed") throw event.error;
    },
  });
  const sweeping = sweeper.start({ poll: "1s" });
  return () => sweeping.stop();
}
