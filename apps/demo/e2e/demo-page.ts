import type { Page } from "playwright-core";

/** What users see and do on the page. */

const rowIn = (list: string) => (page: Page, text: string) =>
  page.getByRole("region", { name: list }).getByRole("listitem").filter({ hasText: text });

export const waitingRow = rowIn("Waiting events");
export const deliveredRow = rowIn("Delivered events");
export const failedRow = rowIn("Failed events");

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
