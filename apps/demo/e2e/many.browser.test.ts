import { createScheduler } from "@keywhen/core";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openBrowser, openPage } from "./browser.js";
import { type DemoFolder, type DemoProcess, newFolder, startDemo } from "./demo-process.js";
import { measured } from "./measured.js";

const EVENTS = 5_000;
const MOST_HEAP_BYTES = 100_000_000;
const REACTS_WITHIN_MS = 100;
const START = Date.now() + 3_600_000;

let browser: Browser;
let folder: DemoFolder;
let demo: DemoProcess;
let page: Page;

beforeAll(async () => {
  browser = await openBrowser();
  folder = await newFolder();
  await createScheduler(folder.home).scheduleMany(
    Array.from({ length: EVENTS }, (_, index) => ({
      at: new Date(START + index * 1_000),
      to: { bucket: "inbox", key: `carts/${String(index).padStart(4, "0")}/reminder.json` },
      json: { index },
    })),
  );
  demo = await startDemo(folder);
  ({ page } = await openPage(browser, demo.url));
  await page.getByText("carts/0000/reminder.json").waitFor();
});

afterAll(async () => {
  await browser?.close();
  await demo?.[Symbol.asyncDispose]();
  await folder?.[Symbol.asyncDispose]();
});

describe("5,000 waiting events", () => {
  it("are all there, of which few are in the document", async () => {
    await page.locator("#waiting-title + .panel-aside").getByText("5,000").waitFor();
    expect(await page.locator("#waiting .row").count()).toBeLessThan(60);
  });

  it("leave the page below 100 MB of heap", async () => {
    const session = await page.context().newCDPSession(page);
    await session.send("Performance.enable");
    const { metrics } = await session.send("Performance.getMetrics");
    const heapBytes = metrics.find(({ name }) => name === "JSHeapUsedSize")?.value;
    measured("heap", `${((heapBytes ?? 0) / 1e6).toFixed(1)} MB`);
    expect(heapBytes).toBeLessThan(MOST_HEAP_BYTES);
  });

  it("are searched while one types, each letter within 100 ms", async () => {
    await measureReactions(page, "input");
    await page.getByRole("searchbox").pressSequentially("carts/4321");
    await page.getByText("1 of 5,000").waitFor();
    const slowestMs = Math.max(...(await reactions(page, 10)));
    measured("slowest reaction to a typed letter", `${slowestMs.toFixed(0)} ms`);
    expect(slowestMs).toBeLessThan(REACTS_WITHIN_MS);
    await page.getByRole("searchbox").fill("");
  });

  it("scroll to their end, drawn within 100 ms", async () => {
    await measureReactions(page, "scroll");
    const list = page.getByRole("region", { name: "Waiting events" });
    await list.evaluate((box) => box.scrollTo(0, box.scrollHeight));
    await page.getByText("carts/4999/reminder.json").waitFor();
    const slowestMs = Math.max(...(await reactions(page, 1)));
    measured("slowest reaction to scrolling", `${slowestMs.toFixed(0)} ms`);
    expect(slowestMs).toBeLessThan(REACTS_WITHIN_MS);
  });
});

/** Notes how long it takes from each such event until the frame after it has been drawn. */
async function measureReactions(on: Page, type: "input" | "scroll"): Promise<void> {
  await on.evaluate((name) => {
    window.reactionsMs = [];
    document.addEventListener(
      name,
      (event) => {
        const note = () => window.reactionsMs.push(performance.now() - event.timeStamp);
        requestAnimationFrame(() => setTimeout(note));
      },
      { capture: true },
    );
  }, type);
}

async function reactions(on: Page, atLeast: number): Promise<readonly number[]> {
  await on.waitForFunction((count) => window.reactionsMs.length >= count, atLeast);
  return on.evaluate(() => window.reactionsMs);
}

declare global {
  interface Window {
    reactionsMs: number[];
  }
}
