import { createScheduler } from "@keywhen/core";
import { describe, expect, it } from "vitest";
import { useBrowser, withBrowser } from "./browser.js";
import { deliveredRow, failedRow, scheduleOn, waitingRow } from "./demo-page.js";
import { newFolder, startDemo } from "./demo-process.js";

const { openPage } = useBrowser();

withBrowser(describe)("what failed", () => {
  it("is shown with its reason; is purged after a question, and redriven once the reason is gone", async () => {
    await using folder = await newFolder();
    const scheduler = createScheduler(folder.home);
    for (const key of ["purged.txt", "redriven.txt"]) {
      await scheduler.schedule({ in: "0s", to: { bucket: "elsewhere", key }, body: "b" });
    }
    await scheduler.schedule({ in: "0s", to: { bucket: "inbox", key: "allowed.txt" }, body: "b" });
    await using narrow = await startDemo(folder, "--allow", "inbox/*", "--no-sweep");
    const { page, failures } = await openPage(narrow.url);
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
    await page.getByText(/server does not answer/).waitFor();
    await using _wide = await startDemo(folder, "--port", narrow.port);
    await page.getByText("Live", { exact: true }).waitFor();
    // The rows move when the notice goes: a click in that moment hits nothing.
    await page.getByText(/server does not answer/).waitFor({ state: "detached" });
    await failedRow(page, "redriven.txt")
      .getByRole("button", { name: /^Redrive/ })
      .click();
    await page.getByRole("dialog").getByRole("button", { name: "Redrive" }).click();
    await deliveredRow(page, "redriven.txt").waitFor();
    await failedRow(page, "redriven.txt").waitFor({ state: "detached" });
    expect(failures).toEqual([]);
  });
});

withBrowser(describe)("an event that no pattern of --allow covers", () => {
  it("stays among the waiting events while none that is due is allowed; the page says why and what to do", async () => {
    await using folder = await newFolder();
    const scheduler = createScheduler(folder.home);
    const to = { bucket: "elsewhere", key: "refused.txt" };
    const { id } = await scheduler.schedule({ in: "0s", to, body: "b" });
    await using narrow = await startDemo(folder, "--allow", "inbox/*", "--no-sweep");
    const { page, failures } = await openPage(narrow.url);
    await page.getByRole("button", { name: "Sweep now" }).click();
    const why = /elsewhere\/refused\.txt.*inbox\/\*/;
    const notice = page.getByRole("status", { name: "Notices" });
    await notice.getByText("1 event refused").waitFor();
    await notice.getByText(why).waitFor();
    const sweeper = page.getByRole("region", { name: "Sweeper" });
    await sweeper.getByText("1 left in place").waitFor();
    await sweeper.getByText(why).waitFor();
    await sweeper.getByText("Start the demo again with an --allow that matches").waitFor();
    await waitingRow(page, "refused.txt").getByText("refused: target-not-allowed").waitFor();

    await narrow.stop();
    await using _wide = await startDemo(folder, "--port", narrow.port);
    await deliveredRow(page, "refused.txt").waitFor();
    await page.locator(`[data-id="${id}"]`).first().waitFor();
    await waitingRow(page, "refused.txt").waitFor({ state: "detached" });
    await sweeper.getByText(why).waitFor({ state: "detached" });
    expect(failures).toEqual([]);
  });

  it("is marked as soon as it waits, before a sweep refuses it", async () => {
    await using folder = await newFolder();
    await using demo = await startDemo(folder, "--allow", "inbox/*");
    const { page } = await openPage(demo.url);
    await scheduleOn(page, {
      bucket: "elsewhere",
      key: "refused.txt",
      amount: "10",
      unit: "minutes",
    });
    await waitingRow(page, "refused.txt").getByText("outside --allow").waitFor();
    await scheduleOn(page, { key: "allowed.txt", amount: "10", unit: "minutes" });
    await waitingRow(page, "allowed.txt").waitFor();
    expect(await page.getByText("outside --allow").count()).toBe(1);
  });
});

withBrowser(describe)("a server that was restarted", () => {
  it("still shows what it had delivered", async () => {
    await using folder = await newFolder();
    await using first = await startDemo(folder);
    const { page, failures } = await openPage(first.url);
    await scheduleOn(page, { key: "delivered.txt", amount: "0", unit: "seconds" });
    await deliveredRow(page, "delivered.txt").waitFor();
    const row = await deliveredRow(page, "delivered.txt").textContent();
    await first.stop();
    await page.getByText("Reconnecting …").waitFor();
    await using second = await startDemo(folder, "--port", first.port);
    await page.getByText("Live", { exact: true }).waitFor();
    const { page: fresh } = await openPage(second.url);
    for (const shown of [page, fresh]) {
      await deliveredRow(shown, "delivered.txt").waitFor();
      expect(await deliveredRow(shown, "delivered.txt").textContent()).toBe(row);
    }
    await deliveredRow(fresh, "delivered.txt").getByRole("button").click();
    await fresh
      .getByRole("dialog")
      .getByText(/ late, by .+ pid \d+$/)
      .waitFor();
    expect(failures).toEqual([]);
  });

  it("is found again, and the page shows what changed in the meantime", async () => {
    await using folder = await newFolder();
    const scheduler = createScheduler(folder.home);
    const old = await scheduler.schedule({
      in: "1h",
      to: { bucket: "inbox", key: "old" },
      body: "",
    });
    await using first = await startDemo(folder);
    const { page } = await openPage(first.url);
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
