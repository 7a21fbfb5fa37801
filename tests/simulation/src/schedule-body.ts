import type { ScheduleContent } from "./plan.js";

const LARGE_BYTES = 17_000;

/** What each occurrence of a content carries: its label, with every header that a copy must keep. */
export function scheduleBodyOf({ label, isLarge }: Pick<ScheduleContent, "label" | "isLarge">) {
  return {
    body: `the body of ${label}`.padEnd(isLarge ? LARGE_BYTES : 0, "."),
    contentType: "application/x-occurrence",
    contentEncoding: "identity",
    cacheControl: "no-store",
    metadata: { "of-content": label },
  };
}
