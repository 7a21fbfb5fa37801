import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Delivery } from "@keywhen/consumer";
import { createScheduler, createSweeper } from "@keywhen/core";
import type { ObjectStore } from "@keywhen/core/store";
import { manualClock, memoryStore } from "@keywhen/core/testing";
import { afterAll, describe, expect, it, vi } from "vitest";
import { inLanguage } from "./pages.js";

const folder = fileURLToPath(new URL(".consumer-snippets/", import.meta.url));

/** The guide's snippet with this function, as a module. */
async function snippet(name: string) {
  const found = inLanguage("docs/guides/consumer.md", "ts").find(({ code }) =>
    code.includes(`function ${name}(`),
  );
  const file = join(folder, `${name}.ts`);
  writeFileSync(file, found?.code ?? "");
  return (await import(file))[name];
}

/** A target where these keys have been delivered, with a JSON body each. */
async function delivered(...keys: string[]): Promise<ObjectStore> {
  const clock = manualClock("2026-12-24T08:00Z");
  const home = { store: memoryStore({ clock }), bucket: "schedule", clock };
  for (const key of keys) {
    const to = { bucket: "acme-reminders", key };
    await createScheduler(home).schedule({ in: "1h", to, json: { key } });
  }
  await clock.advance("1h");
  await createSweeper({ ...home, allowTargets: ["acme-reminders/*"] }).sweep();
  return home.store;
}

function message(messageId: string, ...keys: string[]) {
  const Records = keys.map((key) => ({
    eventSource: "aws:s3",
    eventName: "ObjectCreated:Copy",
    s3: { bucket: { name: "acme-reminders" }, object: { key } },
  }));
  return { messageId, eventSource: "aws:sqs", body: JSON.stringify({ Records }) };
}

describe("the consumer's guide", () => {
  mkdirSync(folder, { recursive: true });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("shows a queue's handler that has only the failed messages sent again", async () => {
    const errors = vi.spyOn(console, "error").mockImplementation(() => {});
    const queueHandler = await snippet("queueHandler");
    const handled: string[] = [];
    const store = await delivered("a", "b", "fails", "c");
    const handler = queueHandler(store, async ({ key }: Delivery) => {
      if (key === "fails") throw new Error("no such user");
      handled.push(key);
    });
    const Records = [
      message("1", "a"),
      { messageId: "2", eventSource: "aws:sqs", body: "not a notification" },
      message("3", "b", "fails"),
      message("4", "c"),
    ];
    const batchItemFailures = [{ itemIdentifier: "2" }, { itemIdentifier: "3" }];
    expect(await handler({ Records })).toEqual({ batchItemFailures });
    expect(handled).toEqual(["a", "b", "c"]);
    expect(await handler({ Records: [message("4", "c")] })).toEqual({ batchItemFailures: [] });
    expect(errors).toHaveBeenCalledTimes(2);
    errors.mockRestore();
  });

  it("shows a worker that empties a target and leaves what failed", async () => {
    const errors = vi.spyOn(console, "error").mockImplementation(() => {});
    const work = await snippet("work");
    const store = await delivered("a", "b", "c");
    const handled: unknown[] = [];
    await work(store, "acme-reminders", async (event: { key: string }, deliveryId?: string) => {
      if (event.key === "b") throw new Error("no such user");
      handled.push([event.key, typeof deliveryId]);
    });
    expect(handled).toEqual([
      ["a", "string"],
      ["c", "string"],
    ]);
    const { objects } = await store.list({ bucket: "acme-reminders" });
    expect(objects.map(({ key }) => key)).toEqual(["b"]);
    expect(errors).toHaveBeenCalledTimes(1);
    errors.mockRestore();
  });
});
