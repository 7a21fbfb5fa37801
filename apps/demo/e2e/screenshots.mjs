// Takes the README's pictures of the demo into docs/images, light and dark: node apps/demo/e2e/screenshots.mjs
// (after a build, with Debian's chromium, fonts-inter and fonts-jetbrains-mono, so that the page has its own fonts).
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { fsStore } from "@keywhen/adapter-fs";
import { createScheduler } from "@keywhen/core";
import { chromium } from "playwright-core";

const MAIN = fileURLToPath(new URL("../dist/server/main.js", import.meta.url));
const IMAGES = fileURLToPath(new URL("../../../docs/images/", import.meta.url));
const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;

const folder = await mkdtemp(join(tmpdir(), "acme-schedule-"));
await mkdir(IMAGES, { recursive: true });
await fill();
const server = spawn(
  process.execPath,
  [
    MAIN,
    "--store",
    "file:.",
    "--port",
    "0",
    "--no-sweep",
    "--allow",
    "acme-reminders/*",
    "acme-reports/*",
  ],
  { cwd: folder, stdio: ["ignore", "pipe", "inherit"] },
);
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
});
try {
  const url = await address();
  await arrived(url);
  for (const colorScheme of ["light", "dark"]) await pictures(url, colorScheme);
} finally {
  await browser.close();
  const ended = once(server, "exit");
  server.kill("SIGTERM");
  await ended;
  await rm(folder, { recursive: true, force: true });
}

/** A busy quarter of an hour of a shop, and what can't be delivered. */
async function fill() {
  const scheduler = createScheduler({
    store: fsStore({ folder, createBuckets: true }),
    bucket: "schedule",
    guard: "0s",
  });
  const now = Date.now();
  const random = sequence(42);
  const add = (atMs, bucket, key, json = { key }) =>
    scheduler.schedule({ at: new Date(atMs), to: { bucket, key }, json });
  for (let cart = 0; cart < 90; cart++) {
    const atMs = now + 30 * SECOND_MS + random() ** 1.4 * 13 * MINUTE_MS;
    await add(atMs, "acme-reminders", `carts/${1_000 + cart}/abandoned.json`);
  }
  for (let burst = 0; burst < 14; burst++) {
    await add(now + 5 * MINUTE_MS + burst, "acme-reminders", `trials/${200 + burst}/ends.json`);
    await add(
      now + (25 + random() * 25) * SECOND_MS,
      "acme-reminders",
      `${4_200 + burst}/stand-up.json`,
    );
  }
  for (const day of [1, 2, 3]) {
    await add(now + day * 24 * 60 * MINUTE_MS, "acme-reports", `daily/report-${day}.csv`);
  }
  for (const month of ["2026-10", "2026-11"]) await add(now, "payroll", `${month}/wages.csv`);
}

function sequence(seed) {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

async function address() {
  for await (const line of createInterface({ input: server.stdout })) {
    const found = /http:\/\/\S+/.exec(line)?.[0];
    if (found) return found;
  }
  throw new Error("The demo ended before it said where it listens.");
}

/** Until a good part of what is due has arrived. */
async function arrived(url) {
  const page = await browser.newPage();
  await page.goto(url);
  // A single pass dead-letters immediately what must not be delivered.
  await page.getByRole("button", { name: "Sweep now" }).click();
  await page.locator("#failed .row").nth(1).waitFor();
  await page.getByRole("button", { name: "Start", exact: true }).click();
  await page.waitForFunction(
    () => document.querySelectorAll("#delivered .row").length >= 14,
    undefined,
    {
      timeout: 90_000,
    },
  );
  await page.close();
}

async function pictures(url, colorScheme) {
  const page = await browser.newPage({
    colorScheme,
    timezoneId: "Europe/Berlin",
    viewport: { width: 1280, height: 860 },
  });
  await page.goto(url);
  await page.locator("#failed .tag.bad").first().waitFor();
  await page.getByLabel("Bucket").fill("acme-reminders");
  await page.getByLabel("Key", { exact: true }).fill("42/stand-up.json");
  await page.getByLabel("Payload as text").fill('{"userId":42,"text":"stand up"}');
  await page.locator("#waiting canvas").hover({ position: { x: 5, y: 5 } });
  await take(page, `demo-${colorScheme}.png`);
  await page.locator("#failed .row-open").first().click();
  await page.getByLabel("Body as text").waitFor();
  await take(page, `demo-failed-${colorScheme}.png`);
  await page.close();
}

async function take(page, name) {
  await page.evaluate(() => document.fonts.ready);
  await page.screenshot({ path: join(IMAGES, name) });
}
