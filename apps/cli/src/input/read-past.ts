import { type ReadMoment, readMoment } from "./read-time.js";
import type { TimeContext } from "./time-zone.js";

/** Reads a time of the past. A span such as `90m` is back from now. */
export async function readPast(text: string, context: TimeContext): Promise<ReadMoment> {
  const isSpan = /^\d+(?:\.\d+)?\s*(?:ms|s|m|h|d)$/.test(text);
  if (!isSpan) return readMoment(text, context);
  const ahead = new Date(await readMoment(`+${text}`, context));
  return new Date(Math.max(0, 2 * context.nowMs - ahead.getTime()));
}
