import type { Locator, Page } from "playwright-core";

/** What people do on the page, by what they see of it. */

export function waitingRow(page: Page, text: string): Locator {
  return page
    .getByRole("region", { name: "Waiting events" })
    .getByRole("listitem")
    .filter({ hasText: text });
}

export function deliveredRow(page: Page, text: string): Locator {
  return page
    .getByRole("region", { name: "Delivered events" })
    .getByRole("listitem")
    .filter({ hasText: text });
}

export function failedRow(page: Page, text: string): Locator {
  return page
    .getByRole("region", { name: "Failed events" })
    .getByRole("listitem")
    .filter({ hasText: text });
}

export interface Draft {
  readonly body?: string;
  readonly bucket?: string;
  readonly key: string;
  readonly amount: string;
  readonly unit: "seconds" | "minutes" | "hours" | "days";
}

export async function fillIn(page: Page, draft: Draft): Promise<void> {
  const form = page.getByRole("region", { name: "Schedule" });
  await form.getByLabel("Payload as text").fill(draft.body ?? "hello");
  await form.getByLabel("Bucket").fill(draft.bucket ?? "inbox");
  await form.getByLabel("Key", { exact: true }).fill(draft.key);
  await form.getByLabel("How long from now").fill(draft.amount);
  await form.getByLabel("Unit").selectOption({ label: draft.unit });
}

export async function scheduleOn(page: Page, draft: Draft): Promise<void> {
  await fillIn(page, draft);
  await page.getByRole("button", { name: "Schedule", exact: true }).click();
}
