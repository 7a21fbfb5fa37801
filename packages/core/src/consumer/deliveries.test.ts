import { describe, expect, it } from "vitest";
import { createScheduler } from "../scheduler/create-scheduler.js";
import type { ObjectStore } from "../store/object-store.js";
import { cephEvent, s3Event } from "../test-support/notifications.js";
import { failFirst, keysOf, storeError, sweeperOf, testHome } from "../test-support/test-home.js";
import { faultyStore } from "../testing/faulty-store.js";
import { deliveries } from "./deliveries.js";
import type { Delivery } from "./delivery.js";
import type { StandardSchema } from "./standard-schema.js";

const KEY = "42.json";
const to = { bucket: "reminders", key: KEY };
const JSON_BODY = { userId: 42, text: "stand up" };

/** A home whose one event has been delivered. */
async function delivered(event: object = {}, home = testHome()) {
  const scheduler = createScheduler(home);
  await scheduler.schedule({ at: "2026-12-24T11:00Z", to, json: JSON_BODY, ...event });
  await sweeperOf(home).sweep();
  return home;
}

async function all(deliveries: AsyncIterable<Delivery>): Promise<Delivery[]> {
  const found: Delivery[] = [];
  for await (const delivery of deliveries) found.push(delivery);
  return found;
}

/** Runs `use` on the one delivery of a notification. */
async function onOne<T>(
  home: { store: ObjectStore },
  use: (delivery: Delivery) => Promise<T>,
): Promise<T> {
  for await (const delivery of deliveries(cephEvent(KEY), home)) return use(delivery);
  throw new Error("there was no delivery");
}

const reminder: StandardSchema<{ userId: number }> = {
  "~standard": {
    version: 1,
    validate: (value) =>
      typeof value === "object" && value !== null && "userId" in value && value.userId === 42
        ? { value: { userId: 42 } }
        : { issues: [{ message: "expected 42", path: ["userId"] }, { message: "odd" }] },
  },
};

describe("deliveries()", () => {
  it("gives the event's body, headers, delivery id and due instant", async () => {
    const deliveryId = "order 42/é";
    const home = await delivered({
      deliveryId,
      at: "2026-12-24T12:00:05Z",
      metadata: { user: "a" },
    });
    await home.clock.advance("10s");
    await sweeperOf(home).sweep();
    await onOne({ store: home.store }, async (delivery) => {
      expect(delivery).toMatchObject({
        ...to,
        deliveryId,
        at: new Date("2026-12-24T12:00:05Z"),
        size: JSON.stringify(JSON_BODY).length,
        contentType: "application/json",
        metadata: { user: "a" },
      });
      expect(await delivery.json()).toEqual(JSON_BODY);
      expect(await delivery.text()).toBe(JSON.stringify(JSON_BODY)); // read once, told again
      expect((await delivery.bytes()).length).toBe(delivery.size);
    });
  });

  it("gives the body as a stream", async () => {
    const { store } = await delivered({ json: undefined, body: "hello" });
    const text = await onOne({ store }, ({ body }) => new Response(body).text());
    expect(text).toBe("hello");
  });

  it("knows no delivery id and no instant of what was written by hand, or badly", async () => {
    const { store } = testHome();
    for (const metadata of [{}, { "keywhen-id": "%zz", "keywhen-at": "2026-12-24T12:00Z" }]) {
      await store.put(to, new Uint8Array(), { metadata });
      await onOne({ store }, async ({ deliveryId, at }) => {
        expect([deliveryId, at]).toEqual([undefined, undefined]);
      });
    }
  });

  it("checks JSON by a schema, and says what doesn't fit", async () => {
    const { store } = await delivered();
    expect(await onOne({ store }, (delivery) => delivery.json(reminder))).toEqual({ userId: 42 });
    const other = await delivered({ json: { userId: 7 } });
    await expect(onOne({ store: other.store }, (one) => one.json(reminder))).rejects.toMatchObject({
      code: "invalid-payload",
      message: "The body of reminders/42.json doesn't fit the schema: userId: expected 42; odd.",
    });
    const text = await delivered({ json: undefined, body: "hello" });
    await expect(onOne({ store: text.store }, (one) => one.json())).rejects.toMatchObject({
      code: "invalid-payload",
      message: "The body of reminders/42.json is no JSON.",
    });
  });

  it("skips what has gone", async () => {
    const { store } = await delivered();
    const notification = { Records: [...s3Event("gone").Records, ...s3Event(KEY).Records] };
    expect(await all(deliveries(notification, { store }))).toHaveLength(1);
  });

  it("removes a delivery, so that a repeated notification finds nothing", async () => {
    const { store } = await delivered();
    expect(await onOne({ store }, (delivery) => delivery.remove())).toBe("removed");
    expect(await keysOf(store, "reminders")).toEqual([]);
    expect(await all(deliveries(cephEvent(KEY), { store }))).toEqual([]);
  });

  it("counts as removed what somebody else removed", async () => {
    const { store } = await delivered();
    const outcome = await onOne({ store }, async (delivery) => {
      await store.delete(to.bucket, [to.key]);
      return delivery.remove();
    });
    expect(outcome).toBe("removed");
  });

  it.each([
    ["with another body", { json: { userId: 43 } }],
    ["with the same body", {}],
  ])("doesn't remove another event's delivery %s", async (_, event) => {
    const home = await delivered();
    const outcome = await onOne({ store: sameVersions(home.store) }, async (delivery) => {
      await delivered(event, home);
      return delivery.remove();
    });
    expect(outcome).toBe("changed");
    expect(await keysOf(home.store, "reminders")).toEqual([KEY]);
  });

  it("doesn't remove what was written by hand meanwhile, with another body", async () => {
    const { store } = testHome();
    await store.put(to, new TextEncoder().encode("one"));
    const outcome = await onOne({ store }, async (delivery) => {
      await store.put(to, new TextEncoder().encode("two"));
      return delivery.remove();
    });
    expect(outcome).toBe("changed");
  });

  it("passes over targets that are not allowed, without a request", async () => {
    const { store } = await delivered();
    const refusing = faultyStore(store, { before: () => storeError("denied", "get") });
    const options = { store: refusing, allowTargets: ["reminders/other/*"] };
    expect(await all(deliveries(cephEvent(KEY), options))).toEqual([]);
    expect(
      await all(deliveries(cephEvent(KEY), { store, allowTargets: ["reminders/*"] })),
    ).toHaveLength(1);
  });

  it("tries again what may succeed, and ends the loop with what won't", async () => {
    const home = await delivered();
    const store = faultyStore(home.store, {
      before: failFirst("get", 1, storeError("unavailable", "get")),
    });
    const found = all(deliveries(cephEvent(KEY), { store, clock: home.clock }));
    await home.clock.advance("1s");
    expect(await found).toHaveLength(1);
    const denied = faultyStore(home.store, { before: () => storeError("denied", "get") });
    await expect(all(deliveries(cephEvent(KEY), { store: denied }))).rejects.toMatchObject({
      code: "denied",
    });
  });

  it("says so if a delivery can't be removed, or if nothing tells that it was", async () => {
    const home = await delivered();
    const error = storeError("denied", "delete");
    const refusing: ObjectStore = {
      ...home.store,
      delete: async () => [{ outcome: "failed", error }],
    };
    const silent: ObjectStore = { ...home.store, delete: async () => [] };
    const removeWith = (store: ObjectStore) => onOne({ store }, (delivery) => delivery.remove());
    await expect(removeWith(refusing)).rejects.toBe(error);
    await expect(removeWith(silent)).rejects.toMatchObject({ code: "unexpected", undecided: true });
  });

  it("cancels a body that nobody read", async () => {
    const home = await delivered();
    let cancelled = 0;
    const store: ObjectStore = {
      ...home.store,
      get: async (ref, call) => {
        const opened = await home.store.get(ref, call);
        const cancel = () => {
          cancelled += 1;
        };
        const body = new ReadableStream<Uint8Array>({ cancel });
        return opened && { ...opened, body };
      },
    };
    await all(deliveries(cephEvent(KEY), { store }));
    expect(cancelled).toBe(1);
    await onOne({ store }, async () => undefined); // left in the middle of the loop
    expect(cancelled).toBe(2);
  });

  it("refuses what is no notification at once", () => {
    const { store } = testHome();
    expect(() => deliveries({ hello: 1 }, { store })).toThrow(
      expect.objectContaining({ code: "invalid-notification" }),
    );
  });
});

/** As on S3, where the version of equal bodies is equal. */
function sameVersions(store: ObjectStore): ObjectStore {
  return {
    ...store,
    get: async (ref, call) => {
      const opened = await store.get(ref, call);
      return opened && { ...opened, version: String(opened.size) };
    },
    head: async (ref, call) => {
      const info = await store.head(ref, call);
      return info && { ...info, version: String(info.size) };
    },
  };
}
