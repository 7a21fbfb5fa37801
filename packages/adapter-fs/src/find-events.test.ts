import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createScheduler } from "@keywhen/core";
import { recordingStore } from "@keywhen/core/testing";
import { describe, expect, it } from "vitest";
import { temporaryStore } from "../fixtures/temporary-store.js";
import { encodeSegment } from "./file-names.js";

const START_MS = Date.parse("2100-01-01T00:00:00Z");

/** Ids of events that are due one a minute, in 50 groups. */
const ids = Array.from({ length: 5_000 }, (_, index) => {
  const at = new Date(START_MS + index * 60_000).toISOString();
  return `${at}|out|${index}|order-${index % 50}.${index}`;
});

describe("a search in a schedule of files", () => {
  it("finds each event of a group once, among 5,000 that wait", async () => {
    const { folder, store } = await temporaryStore();
    const pending = join(folder, "in/keywhen/pending");
    await mkdir(pending, { recursive: true });
    for (const id of ids) await writeFile(join(pending, ...encodeSegment(id)), "");
    let lists = 0;
    const counting = recordingStore(store, ({ kind }) => {
      if (kind === "list") lists += 1;
    });
    const scheduler = createScheduler({ store: counting, bucket: "in" });
    const found: string[] = [];
    for await (const { id } of scheduler.find({ deliveryIdPrefix: "order-42." })) found.push(id);
    expect(found.sort()).toEqual(ids.filter((_, index) => index % 50 === 42));
    expect(lists).toBeLessThanOrEqual(9);
  });
});
