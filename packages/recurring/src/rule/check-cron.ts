import { KeywhenError } from "@keywhen/core";
import { showValue } from "@keywhen/core/internal";

const EXAMPLE = '"0 9 * * 1-5" (minute, hour, day of the month, month, day of the week)';

const FIELDS = 5;

/** Other ways to write a rule, and what to do instead. */
const OTHER_FORMS: readonly (readonly [RegExp, string])[] = [
  [/^(?:RRULE:|DTSTART|FREQ=)/i, "it is an iCalendar rule (RRULE), which is not supported"],
  [
    /^(?:rate|cron)\(/i,
    "it is written for EventBridge: leave out its name, its brackets and its year",
  ],
  [/^@reboot$/i, "a bucket is never rebooted"],
  [/\?/, "? means the present time to some programs and any value to others: write *"],
];

/** Checks what croner would read in a way that its writer may not mean. */
export function checkCron(cron: unknown): asserts cron is string {
  if (typeof cron !== "string" || cron.trim() === "") {
    throw new KeywhenError(
      "invalid-option",
      `cron must be five fields (got ${showValue(cron)}), such as ${EXAMPLE}.`,
    );
  }
  for (const [form, problem] of OTHER_FORMS)
    if (form.test(cron.trim())) throw unusableCron(cron, problem);
  const fields = cron.trim().split(/\s+/).length;
  if (fields === FIELDS || cron.trim().startsWith("@")) return;
  const leave = fields > FIELDS ? ". Leave out seconds and years" : "";
  throw unusableCron(cron, `it has ${fields} ${fields === 1 ? "field" : "fields"}${leave}`);
}

export function unusableCron(cron: string, problem: string, cause?: unknown): KeywhenError {
  return new KeywhenError(
    "invalid-option",
    `cron ${showValue(cron)} can't be used: ${problem}. Write five fields, such as ${EXAMPLE}.`,
    { cause },
  );
}

export function checkTimeZone(timeZone: unknown): asserts timeZone is string {
  if (typeof timeZone === "string" && /^[A-Za-z]/.test(timeZone)) {
    try {
      new Intl.DateTimeFormat("en", { timeZone });
      return;
    } catch {
      // Intl says only that it does not know the zone.
    }
  }
  throw new KeywhenError(
    "invalid-option",
    `timeZone must be an IANA name such as "Europe/Berlin", or "UTC" (got ${showValue(timeZone)}). An offset such as +02:00 has no summer time.`,
  );
}
