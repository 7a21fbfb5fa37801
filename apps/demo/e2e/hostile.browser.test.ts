import { createScheduler } from "@keywhen/core";
import type { Page } from "playwright-core";
import { beforeAll, describe, expect, it } from "vitest";
import { useBrowser, withBrowser } from "./browser.js";
import { waitingRow } from "./demo-page.js";
import { useDemo } from "./demo-process.js";

const SCRIPT = "<script>window.ran=1</script><img src=x onerror=window.ran=1>";
const RIGHT_TO_LEFT = "invoice-\u202Egpj.exe";
const SVG = `<svg xmlns="http://www.w3.org/2000/svg" onload="window.ran=1"><script>window.ran=1</script></svg>`;
const LONGEST = "k".repeat(955);

const { openPage } = useBrowser();
const demo = useDemo(async ({ home }) => {
  const { schedule } = createScheduler(home);
  const in1h = { in: "1h" } as const;
  await schedule({
    ...in1h,
    to: { bucket: "inbox", key: SCRIPT },
    body: SCRIPT,
    contentType: "text/html",
  });
  await schedule({ ...in1h, to: { bucket: "inbox", key: RIGHT_TO_LEFT }, body: RIGHT_TO_LEFT });
  await schedule({
    ...in1h,
    to: { bucket: "inbox", key: "drawing.svg" },
    body: SVG,
    contentType: "image/svg+xml",
  });
  await schedule({
    ...in1h,
    to: { bucket: "inbox", key: longSegments(LONGEST) },
    body: "",
    metadata: { note: "<b onmouseover=window.ran=1>" },
  });
});
let page: Page;
let failures: string[];

beforeAll(async () => {
  ({ page, failures } = await openPage(demo.url));
});

withBrowser(describe)("hostile keys and bodies", () => {
  it("are text: a key and a body that are scripts", async () => {
    const row = waitingRow(page, SCRIPT);
    await row.waitFor();
    expect(await bodyOf(SCRIPT)).toBe(SCRIPT);
    expect(
      await page.locator("#waiting script, #waiting img, dialog script, dialog img").count(),
    ).toBe(0);
  });

  it("are text: a drawing that holds a script", async () => {
    expect(await bodyOf("drawing.svg")).toBe(SVG);
    expect(await page.locator("dialog img").count()).toBe(0);
  });

  it("don't turn their surroundings around", async () => {
    await waitingRow(page, "invoice-").waitFor();
    const key = waitingRow(page, "invoice-").locator(".target-key");
    expect(await key.evaluate((element) => element.tagName)).toBe("BDI");
    expect(await key.textContent()).toBe("invoice-\\u202egpj.exe");
    const target = waitingRow(page, "invoice-").locator(".target");
    expect(await target.getAttribute("title")).toBe("inbox/invoice-\\u202egpj.exe");
    expect(await bodyOf("invoice-")).toBe(RIGHT_TO_LEFT);
  });

  it("stay in their place at the longest that a key can be", async () => {
    const row = waitingRow(page, "kkkk");
    await row.locator(".row-open").click();
    await page.getByRole("dialog").getByText("<b onmouseover=window.ran=1>").waitFor();
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(overflow).toBeLessThanOrEqual(0);
    const inDialog = await page
      .getByRole("dialog")
      .evaluate((box) => box.scrollWidth - box.clientWidth);
    expect(inDialog).toBeLessThanOrEqual(0);
    await page.keyboard.press("Escape");
  });

  it("ran no script", async () => {
    expect(await page.evaluate(() => "ran" in window)).toBe(false);
    expect(failures).toEqual([]);
  });
});

async function bodyOf(key: string): Promise<string> {
  await waitingRow(page, key).locator(".row-open").click();
  const body = page.getByRole("dialog").getByLabel("Body as text");
  const text = await body.inputValue();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  return text;
}

/** File systems take 255 bytes between two slashes. */
function longSegments(text: string): string {
  return text.replace(/.{199}./g, (part) => `${part.slice(1)}/`);
}
