import { ObjectStoreError, type StoreErrorCode } from "@keywhen/core/store";
import { faultyStore, memoryStore } from "@keywhen/core/testing";
import { expect, it } from "vitest";
import { withRoom } from "./room.js";

const buckets = ["first", "second"] as const;

async function tidyAfter(code: StoreErrorCode) {
  const inner = memoryStore({ clock: Date, buckets });
  const at = { bucket: "first", undecided: true, message: "fails once" } as const;
  const failures = [new ObjectStoreError({ ...at, code, operation: "delete" })];
  const store = faultyStore(inner, {
    before: ({ kind }) => (kind === "delete" ? failures.pop() : undefined),
  });
  const opened = { store, buckets, close: async () => undefined };
  const tidying = withRoom(opened, async (room) => {
    await inner.put(room.at("left"), new Uint8Array());
  });
  return { inner, tidying };
}

it("tidies up again if a server closed the connection", async () => {
  const { inner, tidying } = await tidyAfter("unavailable");
  await tidying;
  expect((await inner.list({ bucket: "first" })).objects).toEqual([]);
});

it("says so if it can't tidy up", async () => {
  const { tidying } = await tidyAfter("denied");
  await expect(tidying).rejects.toMatchObject({ code: "denied" });
});
