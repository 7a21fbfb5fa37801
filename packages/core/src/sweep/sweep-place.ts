import { rangeEndMs, sweepAhead } from "./look-ahead/sweep-ahead.js";
import type { SweepReport } from "./reporting/sweep-report.js";
import { sweepDue } from "./sweep-due.js";
import { reportedSkewMs, type SweepOptions, type SweepRecord, startRun } from "./sweep-run.js";
import { waitForHolder } from "./wait-for-holder.js";

/**
 * One sweep of one place: lists what is due, takes the lease, copies each event to its target and deletes it once the
 * copy is confirmed. Throws only if not even the first page could be listed, or the lease not be read or written.
 */
export async function sweepPlace(options: SweepOptions, record: SweepRecord): Promise<SweepReport> {
  const { requests } = record;
  const { clock } = options.home;
  const startedMs = clock.monotonic();
  for (let hasWaited = false; ; hasWaited = true) {
    const result = await sweepOnce(options, record, hasWaited);
    const end = { requests, durationMs: Math.round(clock.monotonic() - startedMs) };
    const report: SweepReport = { ...result, ...end };
    if (report.outcome === "swept" || !(await waitForHolder(options))) return report;
  }
}

async function sweepOnce(options: SweepOptions, record: SweepRecord, hasWaited: boolean) {
  const { ahead, home } = options;
  const untilMs = ahead && rangeEndMs(home.clock.now(), ahead.intervalMs) - 1;
  const run = startRun(options, record, untilMs);
  try {
    const holder = await (ahead ? sweepAhead(run, ahead.pollMs) : sweepDue(run, hasWaited));
    if (holder !== undefined) {
      const expiresAt = new Date(holder.expiresMs);
      return { outcome: "held", by: holder.owner, expiresAt } as const;
    }
  } finally {
    run.windDown.close();
  }
  return run.tally.report({
    truncated: run.windDown.reason,
    circuit: run.circuit,
    unordered: run.unordered,
    lease: run.leaseUse,
    skewMs: reportedSkewMs(run),
    dryRun: options.dryRun,
  });
}
