import { createScheduler } from "@keywhen/core";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openBrowser, openPage, withBrowser } from "./browser.js";
import { deliveredRow, failedRow } from "./demo-page.js";
import { newFolder, startDemo } from "./demo-process.js";

let browser: Browser;

beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser?.close());

withBrowser(describe)("what failed", () => {
  it("is shown with its reason; is purged after a question, and redriven once the reason is gone", async () => {
    await using folder = await newFolder();
    const scheduler = createScheduler(folder.home);
    for (const key of ["purged.txt", "redriven.txt"]) {
      await scheduler.schedule({ in: "0s", to: { bucket: "elsewhere", key }, body: "b" });
    }
    const narrow = await startDemo(folder, "--allow", "inbox/*", "--no-sweep");
    const { page, failures } = await openPage(browser, narrow.url);
    await page.getByRole("button", { name: "Sweep now" }).click();
    await failedRow(page, "purged.txt").getByText("target-not-allowed").waitFor();

    const purge = failedRow(page, "purged.txt").getByRole("button", { name: /^Purge/ });
    await purge.click();
    await page.getByRole("dialog").getByRole("button", { name: "Keep it" }).click();
    expect(await failedRow(page, "purged.txt").count()).toBe(1);
    await purge.click();
    await page.getByRole("dialog").getByRole("button", { name: "Purge" }).click();
    await failedRow(page, "purged.txt").waitFor({ state: "detached" });

    // The server comes back with more rights, at the same address: the page goes on by itself.
    await narrow.stop();
    await page.getByText("Reconnecting …").waitFor();
    await page.getByText(/server doesn't answer/).waitFor();
    await using _wide = await startDemo(folder, "--port", narrow.port);
    await page.getByText("Live", { exact: true }).waitFor();
    await failedRow(page, "redriven.txt")
      .getByRole("button", { name: /^Redrive/ })
      .click();
    await page.getByRole("dialog").getByRole("button", { name: "Redrive" }).click();
    await deliveredRow(page, "redriven.txt").waitFor();
    await failedRow(page, "redriven.txt").waitFor({ state: "detached" });
    expect(failures).toEqual([]);
  });
});

withBrowser(describe)("a server that was restarted", () => {
  it("is found again, and the page shows what changed meanwhile", async () => {
    await using folder = await newFolder();
    const scheduler = createScheduler(folder.home);
    const old = await scheduler.schedule({
      in: "1h",
      to: { bucket: "inbox", key: "old" },
      body: "",
    });
    const first = await startDemo(folder);
    const { page } = await openPage(browser, first.url);
    await page.locator(`[data-id="${old.id}"]`).waitFor();
    await first.stop();
    await page.getByText("Reconnecting …").waitFor();
    await scheduler.cancel(old.id);
    const fresh = await scheduler.schedule({
      in: "1h",
      to: { bucket: "inbox", key: "new" },
      body: "",
    });
    await using _second = await startDemo(folder, "--port", first.port);
    await page.locator(`[data-id="${fresh.id}"]`).waitFor();
    await page.locator(`[data-id="${old.id}"]`).waitFor({ state: "detached" });
    await page.getByText("Live", { exact: true }).waitFor();
  });
});
