import type { Page } from "playwright-core";
import { beforeAll, describe, expect, it } from "vitest";
import { useBrowser, withBrowser } from "./browser.js";
import { deliveredRow, fillIn, scheduleOn, waitingRow } from "./demo-page.js";
import { useDemo } from "./demo-process.js";
import { measured } from "./measured.js";

const ON_TIME_MS = 300;
const PAINTS_WITHIN_MS = 1_000;
const WELL_WITHIN_MS = PAINTS_WITHIN_MS / 2;

const { openPage } = useBrowser();
const demo = useDemo();
let page: Page;
let failures: string[];

beforeAll(async () => {
  ({ page, failures } = await openPage(demo.url));
});

withBrowser(describe)("the page", () => {
  it("paints within a second on loopback", async () => {
    // The best of a few: this is about the page and not about what else the machine does.
    let paintMs = await firstPaintMs();
    for (let tries = 1; tries < 5 && paintMs > WELL_WITHIN_MS; tries++) {
      paintMs = Math.min(paintMs, await firstPaintMs());
    }
    measured("first contentful paint", `${paintMs.toFixed(0)} ms`);
    expect(paintMs).toBeLessThan(PAINTS_WITHIN_MS);
  });

  it("previews the key while the user types, and says what is wrong with it", async () => {
    await fillIn(page, { key: "reports/ä b.json", amount: "2", unit: "hours" });
    const composed = page.locator(".composed");
    await composed.getByText("reports/%C3%A4%20b.json").waitFor();
    expect(await composed.textContent()).toMatch(
      /^keywhen\/pending\/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\|inbox\|reports\/%C3%A4%20b\.json\|/,
    );
    const schedule = page.getByRole("button", { name: "Schedule", exact: true });
    expect(await schedule.isEnabled()).toBe(true);
    await page.getByLabel("Key", { exact: true }).fill("k".repeat(1_010));
    await page.getByText(/limit is 1,015/).waitFor();
    expect(await schedule.isDisabled()).toBe(true);
  });

  it("delivers an event that is due in 5 seconds within 300 ms of its instant, as seen on the page", async () => {
    await watchArrivals(page);
    await scheduleOn(page, {
      body: "see me arrive",
      key: "on-time.txt",
      amount: "5",
      unit: "seconds",
    });
    await waitingRow(page, "on-time.txt").waitFor();
    await deliveredRow(page, "on-time.txt").waitFor();
    expect(await waitingRow(page, "on-time.txt").count()).toBe(0);
    const seen = await page.evaluate(() =>
      window.arrivals.find(({ id }) => id.includes("on-time.txt")),
    );
    const lateMs = (seen?.seenAtMs ?? Number.NaN) - Date.parse(seen?.id.split("|")[0] ?? "");
    measured("an event is seen on the page after its instant", `${lateMs} ms`);
    expect(lateMs).toBeGreaterThanOrEqual(0);
    expect(lateMs).toBeLessThan(ON_TIME_MS);
  });

  it("shows a delivered event, as text and in hex", async () => {
    await deliveredRow(page, "on-time.txt").getByRole("button").click();
    const dialog = page.getByRole("dialog");
    const body = dialog.getByLabel("Body as text");
    await body.waitFor();
    expect(await body.inputValue()).toBe("see me arrive");
    expect(await dialog.getByText("the delivered object").count()).toBe(1);
    await dialog.getByRole("button", { name: "Hex" }).click();
    expect(await dialog.getByLabel("Body as hex").inputValue()).toContain("73 65 65 20 6d 65");
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
  });

  it("cancels an event", async () => {
    await scheduleOn(page, { key: "cancelled.txt", amount: "1", unit: "hours" });
    await waitingRow(page, "cancelled.txt")
      .getByRole("button", { name: /^Cancel/ })
      .click();
    await page.getByRole("dialog").getByRole("button", { name: "Cancel event" }).click();
    await page.getByText("Cancelled: it will not be delivered.").waitFor();
    await waitingRow(page, "cancelled.txt").waitFor({ state: "detached" });
  });

  it("moves an event to another instant", async () => {
    await scheduleOn(page, { key: "moved.txt", amount: "1", unit: "hours" });
    const row = waitingRow(page, "moved.txt");
    const before = await row.getAttribute("data-id");
    await row.getByRole("button", { name: /^Reschedule/ }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText("On a date").click();
    await dialog.getByLabel("Date and time").fill("2030-12-24T09:00:00");
    await dialog.getByText(/UTC\+01:00/).waitFor();
    await dialog.getByRole("button", { name: "Reschedule" }).click();
    await page.getByText(/^Rescheduled for/).waitFor();
    await page.locator('[data-id^="2030-12-24T08:00:00.000Z|inbox|moved.txt|"]').waitFor();
    expect(await waitingRow(page, "moved.txt").count()).toBe(1);
    expect(before).not.toContain("2030");
  });

  it("sends a file unchanged, and shows an image of its bytes", async () => {
    await page.getByLabel("File as payload").setInputFiles({
      name: "dot.png",
      mimeType: "image/png",
      buffer: Buffer.from(DOT, "base64"),
    });
    await page.getByLabel("Key", { exact: true }).fill("dot.png");
    await page.getByLabel("How long from now").fill("1");
    await page.getByRole("button", { name: "Schedule", exact: true }).click();
    await waitingRow(page, "dot.png").locator(".row-open").click();
    const image = page.getByRole("dialog").getByRole("img", { name: "The body" });
    await image.waitFor();
    expect(await image.getAttribute("src")).toMatch(/^blob:/);
    expect(await image.evaluate((img) => (img as HTMLImageElement).decode().then(() => true))).toBe(
      true,
    );
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Type a text instead" }).click();
  });

  it("stops and starts the sweeper, and sweeps immediately", async () => {
    const sweeper = page.getByRole("region", { name: "Sweeper" });
    await sweeper.getByRole("button", { name: "Stop" }).click();
    await sweeper.getByText("No sweeper").waitFor();
    await scheduleOn(page, { key: "by-hand.txt", amount: "0", unit: "seconds" });
    await waitingRow(page, "by-hand.txt").getByText("overdue").waitFor();
    await sweeper.getByRole("button", { name: "Sweep now" }).click();
    await deliveredRow(page, "by-hand.txt").waitFor();
    await sweeper.getByRole("button", { name: "Start" }).click();
    await sweeper.getByText("Sweeping here").waitFor();
  });

  it("broke no script and no policy on the way", () => {
    expect(failures).toEqual([]);
  });
});

/** In a new window, whose cache is empty. */
async function firstPaintMs(): Promise<number> {
  const { page: fresh } = await openPage(demo.url);
  const paint = await fresh.evaluate(
    () => performance.getEntriesByName("first-contentful-paint")[0]?.startTime,
  );
  await fresh.context().close();
  return paint ?? Number.POSITIVE_INFINITY;
}

/** Notes when a row of an arrived event comes into the document. */
async function watchArrivals(on: Page): Promise<void> {
  await on.evaluate(() => {
    window.arrivals = [];
    const note = (node: Node) => {
      if (!(node instanceof HTMLElement)) return;
      const rows = [node, ...node.querySelectorAll<HTMLElement>("[data-id]")];
      for (const { dataset } of rows) {
        if (dataset["id"]) window.arrivals.push({ id: dataset["id"], seenAtMs: Date.now() });
      }
    };
    const panel = document.querySelector("#delivered");
    if (!panel) throw new Error("There is no panel of delivered events.");
    new MutationObserver((changes) => {
      for (const change of changes) change.addedNodes.forEach(note);
    }).observe(panel, { childList: true, subtree: true });
  });
}

declare global {
  interface Window {
    arrivals: { id: string; seenAtMs: number }[];
  }
}

const DOT =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
