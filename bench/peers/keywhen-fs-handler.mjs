import { fsStore } from "@keywhen/adapter-fs";
import { handler } from "@keywhen/consumer";
import { createSweeper } from "@keywhen/core";
import { SCHEDULE, TARGET } from "../ceph-home.mjs";

export { openScheduler, start } from "./keywhen-fs.mjs";

export const settings =
  "a `handler()` that reads the body, in the sweeper's process, otherwise with its defaults";

export async function work(folder, onJob) {
  const job = handler(async ({ key, at, bytes }) => {
    onJob(key.slice("jobs/".length), at.getTime());
    await bytes();
  });
  const sweeper = createSweeper({
    store: fsStore({ folder }),
    bucket: SCHEDULE,
    destinations: { [TARGET]: job },
    observe(event) {
      if (event.type === "sweep-failed") throw event.error;
    },
  });
  const sweeping = sweeper.start({ poll: "1s" });
  return () => sweeping.stop();
}
