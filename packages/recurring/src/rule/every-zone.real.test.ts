import { describe, expect, it } from "vitest";
import { compareWithWalk, FIRST_MS, LAST_MS } from "../testing/compare-with-walk.js";
import { offsetSpans } from "../testing/zone-offsets.js";

const PROCESS_ZONES = ["UTC", "America/St_Johns", "Pacific/Apia"];

/** One zone of each set that changed their clocks alike from 2000 to 2037. */
function differentZones(): string[] {
  const zones = Intl.supportedValuesOf("timeZone").map((timeZone) => {
    const spans = offsetSpans(timeZone, FIRST_MS, LAST_MS);
    return [JSON.stringify(spans), timeZone] as const;
  });
  return [...new Map(zones.toReversed()).values()].toReversed();
}

describe("the occurrences of cron rules", () => {
  // The zone of the process must make no difference: each third of the zones is compared in another one.
  it.each(PROCESS_ZONES)(
    "are those of a walk over the minutes around every change of the clocks, with TZ=%s",
    (processZone) => {
      process.env["TZ"] = processZone;
      const part = PROCESS_ZONES.indexOf(processZone);
      const zones = differentZones().filter((_, index) => index % PROCESS_ZONES.length === part);
      let compared = 0;
      for (const timeZone of zones) {
        for (const { cron, changeMs, found, walked } of compareWithWalk(timeZone)) {
          const place = `${cron} in ${timeZone} at ${new Date(changeMs).toISOString()}`;
          expect(found, place).toEqual(walked);
          compared += 1;
        }
      }
      expect(compared).toBeGreaterThan(5_000);
    },
  );
});
