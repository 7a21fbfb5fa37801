import { createSchedules } from "@keywhen/recurring";
import { describe, expect, it } from "vitest";
import { useBrowser, withBrowser } from "./browser.js";
import { deliveredRow } from "./demo-page.js";
import { useDemo } from "./demo-process.js";

const { openPage } = useBrowser();
const ANCHOR_AHEAD_MS = 8_000;
const demo = useDemo(async ({ home }) => {
  const schedules = createSchedules(home);
  const to = { bucket: "reports", key: "daily.json" };
  await schedules.put("daily-report", {
    ...{ cron: "0 9 * * 1-5", timeZone: "Europe/Berlin", to, body: "daily" },
  });
  await schedules.put("paused-report", { every: "1h", to, body: "hourly" });
  await schedules.pause("paused-report");
  const from = new Date(Date.now() + ANCHOR_AHEAD_MS).toISOString();
  const soon = { bucket: "jobs", key: "soon.txt" };
  await schedules.put("soon", { every: "1h", from, to: soon, body: "soon" });
});

withBrowser(describe)("recurring schedules on the page", () => {
  it("are listed with their next occurrences, which go on after a delivery", async () => {
    const { page, failures } = await openPage(demo.url);
    const list = page.getByRole("region", { name: "Schedules", exact: true });
    const row = (name: string) => list.getByRole("listitem").filter({ hasText: name });
    await row("daily-report").getByText("Europe/Berlin").waitFor();
    expect(await row("daily-report").textContent()).toMatch(/0 9 \* \* 1-5.*09:00:00$/);
    expect(await row("paused-report").textContent()).toMatch(/paused$/);
    const first = await row("soon").locator("time").getAttribute("datetime");
    await deliveredRow(page, "soon.txt").waitFor();
    const next = new Date(Date.parse(first ?? "") + 3_600_000).toISOString();
    await row("soon").locator(`time[datetime="${next}"]`).waitFor({ timeout: 30_000 });
    expect(failures).toEqual([]);
    await page.context().close();
  });
});
