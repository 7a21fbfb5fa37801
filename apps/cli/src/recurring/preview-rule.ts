import { systemClock } from "@keywhen/core/internal";
import { UsageError } from "@keywhen/host";
import { preview } from "@keywhen/recurring";
import { EXIT, type ExitCode } from "../exit-codes.js";
import { toJson } from "../output/output.js";
import type { Session } from "../session.js";
import { readRule } from "./read-rule.js";
import { occurrenceLines } from "./upcoming.js";

export interface PreviewOptions {
  readonly from?: string | undefined;
  readonly count: string;
}

const MOST = 1_000;

/** The work of `keywhen schedules preview`. */
export async function previewRule(
  session: Session,
  options: PreviewOptions,
  [text = ""]: readonly string[],
): Promise<ExitCode> {
  const { output } = session;
  const count = readOccurrences(options.count);
  const rule = await readRule(text, options.from, session);
  const after = new Date(systemClock.now());
  const occurrences = preview(rule, { count, after });
  const lines = output.isJson
    ? occurrences.map(toJson)
    : output.isQuiet
      ? occurrences.map(({ at }) => at.toISOString())
      : occurrenceLines(occurrences, rule).map((line) => line.trimStart());
  for (const line of lines) {
    await output.line(line);
    if (output.isClosed) break;
  }
  return EXIT.done;
}

function readOccurrences(text: string): number {
  const count = Number(text);
  if (Number.isSafeInteger(count) && count >= 1 && count <= MOST) return count;
  throw new UsageError(`--count must be a whole number from 1 to ${MOST} (got "${text}").`);
}
