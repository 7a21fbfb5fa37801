import { createScheduler } from "@keywhen/core";
import { createSchedules } from "@keywhen/recurring";
import axe from "axe-core";
import type { Page } from "playwright-core";
import { beforeAll, describe, expect, it } from "vitest";
import { useBrowser, withBrowser } from "./browser.js";
import { deliveredRow, failedRow, waitingRow } from "./demo-page.js";
import { useDemo } from "./demo-process.js";

const LOOKS = [
  { name: "light", colorScheme: "light", viewport: { width: 1440, height: 1000 } },
  { name: "dark", colorScheme: "dark", viewport: { width: 1440, height: 1000 } },
  { name: "small", colorScheme: "light", viewport: { width: 360, height: 740 } },
  { name: "small and dark", colorScheme: "dark", viewport: { width: 360, height: 740 } },
] as const;

const { openPage } = useBrowser();
const demo = useDemo(
  async ({ home }) => {
    const { schedule } = createScheduler(home);
    await schedule({ in: "1h", to: { bucket: "inbox", key: "waits.txt" }, body: "waits" });
    await schedule({ in: "0s", to: { bucket: "inbox", key: "arrives.txt" }, body: "arrives" });
    await schedule({ in: "0s", to: { bucket: "elsewhere", key: "fails.txt" }, body: "fails" });
    const to = { bucket: "inbox", key: "recurs.txt" };
    await createSchedules(home).put("daily", { cron: "0 9 * * *", to, body: "recurs" });
  },
  "--allow",
  "inbox/*",
  "--no-sweep",
);

beforeAll(async () => {
  const { page } = await openPage(demo.url);
  await page.getByRole("button", { name: "Sweep now" }).click();
  await failedRow(page, "fails.txt").waitFor();
  await page.context().close();
});

withBrowser(describe).each(LOOKS)("axe on the page, $name", ({ colorScheme, viewport }) => {
  it("finds nothing serious, with and without dialogs", async () => {
    const { page } = await openPage(demo.url, { colorScheme, viewport });
    await failedRow(page, "fails.txt").getByText("target-not-allowed").waitFor();
    await deliveredRow(page, "arrives.txt").waitFor();
    await page.getByRole("region", { name: "Schedules", exact: true }).waitFor();
    expect(await seriousFindings(page)).toEqual([]);

    const waits = waitingRow(page, "waits.txt");
    await waits.locator(".row-open").click();
    await page.getByLabel("Body as text").waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await page.keyboard.press("Escape");

    await waits.getByRole("button", { name: /^Reschedule/ }).click();
    await page.getByRole("dialog").waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await page.keyboard.press("Escape");

    await failedRow(page, "fails.txt")
      .getByRole("button", { name: /^Purge/ })
      .click();
    await page.getByRole("dialog").waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await page.context().close();
  });

  it("needs no scrolling sideways", async () => {
    const { page } = await openPage(demo.url, { colorScheme, viewport });
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(overflow).toBeLessThanOrEqual(0);
    await page.context().close();
  });
});

async function seriousFindings(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() => window.axe.run());
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
}

declare global {
  interface Window {
    axe: typeof axe;
  }
}
