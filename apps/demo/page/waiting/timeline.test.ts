import { describe, expect, it } from "vitest";
import { bins } from "./timeline-bins.js";
import { ticks, viewAround, zoomed } from "./timeline-view.js";

const NOW = Date.parse("2026-12-24T08:00:30Z");
const MINUTE_MS = 60_000;

describe("zoomed()", () => {
  it("keeps what is pointed at in its place", () => {
    const view = viewAround(NOW, 10 * MINUTE_MS);
    const closer = zoomed(view, 0.5, NOW);
    expect(closer.spanMs).toBe(5 * MINUTE_MS);
    expect((NOW - closer.startMs) / closer.spanMs).toBeCloseTo((NOW - view.startMs) / view.spanMs);
  });

  it("ends at ten seconds", () => {
    expect(zoomed(viewAround(NOW, 12_000), 0.01, NOW).spanMs).toBe(10_000);
  });
});

describe("ticks()", () => {
  it("are at round times, as many as fit", () => {
    const all = ticks(viewAround(NOW, 10 * MINUTE_MS), 10);
    expect(all.length).toBeGreaterThan(5);
    expect(all.length).toBeLessThanOrEqual(10);
    expect(all.every(({ atMs }) => atMs % MINUTE_MS === 0)).toBe(true);
  });
});

describe("bins()", () => {
  const view = { startMs: NOW - MINUTE_MS, spanMs: 4 * MINUTE_MS };

  it("counts waiting, overdue and delivered events by column", () => {
    const waiting = [{ atMs: NOW - 1 }, { atMs: NOW + 70_000 }, { atMs: NOW + 71_000 }];
    const columns = bins(view, MINUTE_MS, { waiting, deliveredMs: [NOW - 2] }, NOW);
    expect(columns).toEqual([
      { startMs: NOW - 30_000, waiting: 0, overdue: 1, delivered: 1 },
      { startMs: NOW + 30_000, waiting: 2, overdue: 0, delivered: 0 },
    ]);
  });

  it("leaves out what isn't seen", () => {
    const waiting = [{ atMs: NOW + 24 * 3_600_000 }];
    expect(bins(view, MINUTE_MS, { waiting, deliveredMs: [0] }, NOW)).toEqual([]);
  });
});
