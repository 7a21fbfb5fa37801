import { findBrowser, skipUnless, TEST_NEEDS } from "@keywhen/test-servers";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll } from "vitest";

/** Opens a browser for the tests of a file. */
export function useBrowser() {
  let browser: Browser | undefined;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser?.close());
  return {
    openPage(url: string, options?: BrowserContextOptions) {
      if (browser === undefined) throw new Error("The browser opens before the tests.");
      return openPage(browser, url, options);
    },
  };
}

/** For test files that need a browser, as `withCeph` is for those that need a server. */
export function withBrowser<D extends { readonly skip: unknown }>(describe: D): D | D["skip"] {
  return skipUnless(describe, TEST_NEEDS.browser);
}

async function openBrowser(): Promise<Browser> {
  const browser = findBrowser();
  if (browser === undefined) throw new Error("There is no browser; name one in CHROMIUM.");
  const launch = () =>
    chromium.launch({
      executablePath: browser.executablePath,
      env: browser.env,
      args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
    });
  // On a machine under load Chromium crashed at its start, once in some hundred starts (SIGSEGV).
  return launch().catch(launch);
}

/** A page in a new window, which fails the test if one of its scripts fails. */
async function openPage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<{ page: Page; failures: string[] }> {
  const context = await browser.newContext({
    viewport: { width: 1440, height: 1000 },
    timezoneId: "Europe/Berlin",
    ...options,
  });
  const page = await context.newPage();
  const failures: string[] = [];
  page.on("pageerror", (error) => failures.push(error.message));
  page.on("console", (message) => {
    if (/Content Security Policy/.test(message.text())) failures.push(message.text());
  });
  await page.goto(url);
  await page.getByText("Live", { exact: true }).waitFor();
  return { page, failures };
}
