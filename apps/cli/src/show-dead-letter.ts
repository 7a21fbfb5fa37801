import type { DeadLetter } from "@keywhen/core";
import { showMinute } from "./show-time.js";

/** `died 23 Nov 14:02 · max-age · no-such-bucket`. */
export function describeDeath({ diedAt, reason, error }: DeadLetter, nowMs: number): string {
  const code = error?.code;
  return [
    `died ${showMinute(diedAt, nowMs)}`,
    reason ?? "for an unknown reason",
    ...(code === undefined || code === reason ? [] : [code]),
  ].join(" · ");
}
