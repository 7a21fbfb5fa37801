import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { useBrowser, withBrowser } from "./browser.js";
import { scheduleOn, waitingRow } from "./demo-page.js";
import { newFolder, startDemo } from "./demo-process.js";

const MOST_TABS = 80;

const { openPage } = useBrowser();

withBrowser(describe)("the keyboard alone", () => {
  it("schedules, finds, looks at, and cancels an event", async () => {
    await using folder = await newFolder();
    await using demo = await startDemo(folder);
    const { page } = await openPage(demo.url);
    const { keyboard } = page;

    await tabTo(page, "Key");
    await keyboard.press("ControlOrMeta+A");
    await keyboard.type("by-keyboard.txt");
    await tabTo(page, "How long from now");
    await keyboard.press("ControlOrMeta+A");
    await keyboard.type("600");
    await keyboard.press("Enter");
    await waitingRow(page, "by-keyboard.txt").waitFor();

    await keyboard.press("Shift+Tab");
    await tabTo(page, "Waiting events");
    await keyboard.press("ArrowDown");
    await page.waitForFunction(() => document.activeElement?.classList.contains("row-open"));
    await keyboard.press("Enter");
    await page.getByRole("dialog", { name: "Waiting event" }).waitFor();
    await keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    expect(await focused(page)).toContain("by-keyboard.txt");

    await keyboard.press("ArrowRight");
    await keyboard.press("ArrowRight");
    expect(await focused(page)).toBe("Cancel inbox/by-keyboard.txt");
    await keyboard.press("Enter");
    await tabTo(page, "Cancel event");
    await keyboard.press("Enter");
    await waitingRow(page, "by-keyboard.txt").waitFor({ state: "detached" });
    await page.waitForFunction(() => document.activeElement !== document.body);
  });

  it("opens a dialog that stays, even while another one closes", async () => {
    await using folder = await newFolder();
    await using demo = await startDemo(folder);
    const { page } = await openPage(demo.url);
    await scheduleOn(page, { key: "a.txt", amount: "10", unit: "minutes" });
    await waitingRow(page, "a.txt").getByRole("button").first().click();
    await page.getByRole("dialog", { name: "Waiting event" }).waitFor();
    await page.evaluate(() => {
      document.querySelector("dialog")?.close(); // the browser reports it after this task
      document.querySelector<HTMLElement>('[aria-label="Cancel inbox/a.txt"]')?.click();
    });
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 300)));
    await page.getByRole("dialog", { name: "Cancel this event?" }).waitFor({ timeout: 1_000 });
  });

  it("keeps a dialog that is opened while the answer to another one is on its way", async () => {
    await using folder = await newFolder();
    await using demo = await startDemo(folder);
    const { page } = await openPage(demo.url);
    for (const key of ["a.txt", "b.txt"]) {
      await scheduleOn(page, { key, amount: "10", unit: "minutes" });
    }
    let release = () => {};
    const answer = new Promise<void>((resolve) => {
      release = resolve;
    });
    await page.route("**/cancel", async (route) => {
      await answer;
      await route.continue();
    });
    await waitingRow(page, "a.txt")
      .getByRole("button", { name: /^Cancel/ })
      .click();
    await page.getByRole("button", { name: "Cancel event" }).click();
    await page.keyboard.press("Escape");
    await waitingRow(page, "b.txt")
      .getByRole("button", { name: /^Cancel/ })
      .click();
    const dialog = page.getByRole("dialog", { name: "Cancel this event?" });
    await dialog.getByText("b.txt").waitFor();
    release();
    await page.getByText("Cancelled: it will not be delivered.").waitFor();
    await dialog.getByText("b.txt").waitFor({ timeout: 1_000 });
  });

  it("finds the panel's title where the last row was that had the focus", async () => {
    await using folder = await newFolder();
    await using demo = await startDemo(folder);
    const { page } = await openPage(demo.url);
    await scheduleOn(page, { key: "last.txt", amount: "10", unit: "minutes" });
    const row = waitingRow(page, "last.txt");
    await row.getByRole("button").first().focus();
    const id = await row.getAttribute("data-id");
    await page.request.post(`${demo.url}api/events/${encodeURIComponent(id ?? "")}/cancel`);
    await row.waitFor({ state: "detached" });
    expect(await focused(page)).toMatch(/^Waiting/);
  });
});

/** Presses the tab key until what has the focus has this name. */
async function tabTo(page: Page, name: string): Promise<void> {
  const reached: string[] = [];
  for (let tabs = 0; tabs < MOST_TABS; tabs++) {
    const here = await focused(page);
    if (here === name) return;
    reached.push(here);
    await page.keyboard.press("Tab");
  }
  throw new Error(`The tab key doesn't reach "${name}", only: ${reached.join(", ")}.`);
}

async function focused(page: Page): Promise<string> {
  return page.evaluate(() => {
    const element = document.activeElement;
    const labels = element instanceof HTMLInputElement ? element.labels : null;
    return (
      element?.getAttribute("aria-label") ?? labels?.[0]?.textContent ?? element?.textContent ?? ""
    );
  });
}
