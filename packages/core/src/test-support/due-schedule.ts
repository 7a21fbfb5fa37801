import { recordingStore } from "../testing/faulty-store.js";
import { testSchedule, writeByHand } from "./test-schedule.js";

const DUE = "2026-12-24T11:59:00.000Z";

/** A schedule in which these events wait. */
export async function scheduleWith(
  ids: readonly string[],
  options: Parameters<typeof testSchedule>[0] = {},
) {
  const home = testSchedule(options);
  for (const id of ids) await writeByHand(home.store, id);
  return home;
}

/** Requests in the order in which they are sent, like "copy out/k". */
export function record(store: Parameters<typeof recordingStore>[0]) {
  const sent: string[] = [];
  return {
    sent,
    store: recordingStore(store, ({ kind, bucket, key }) => sent.push(`${kind} ${bucket}/${key}`)),
  };
}

/** Ids of so many events, each of a target of its own. */
export const numbered = (count: number, at = DUE) =>
  Array.from({ length: count }, (_, index) => `${at}|out|${String(index).padStart(5, "0")}`);
