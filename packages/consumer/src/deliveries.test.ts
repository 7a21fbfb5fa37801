import { createScheduler } from "@keywhen/core";
import type { ObjectStore } from "@keywhen/core/store";
import { faultyStore } from "@keywhen/core/testing";
import { describe, expect, it } from "vitest";
import {
  failFirst,
  keysOf,
  storeError,
  sweeperOf,
  testSchedule,
} from "../../core/src/test-support/test-schedule.js";
import { deliveries } from "./deliveries.js";
import type { Delivery } from "./delivery.js";
import type { DeliveryFailure } from "./notified-object.js";
import { deliveryAt } from "./open-delivery.js";
import type { StandardSchema } from "./standard-schema.js";
import { describeIssues } from "./standard-schema.js";
import { cephEvent, s3Event, s3Record } from "./testing/notifications.js";

const KEY = "42.json";
const to = { bucket: "reminders", key: KEY };
const JSON_BODY = { userId: 42, text: "stand up" };

/** A home whose one event has been delivered. */
async function delivered(event: object = {}, home = testSchedule()) {
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

/** The keys of the deliveries before the loop's error, and the error. */
async function untilError(deliveries: AsyncIterable<Delivery>) {
  const keys: string[] = [];
  try {
    for await (const { key } of deliveries) keys.push(key);
  } catch (error) {
    return { keys, error };
  }
  throw new Error("the loop ended without an error");
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

/** What JavaScript lets a caller give. */
function untyped(value: unknown): never {
  return value as never;
}

describe("mistakes in the options of deliveries() and deliveryAt()", () => {
  it("are refused with the value and the correct form", async () => {
    const { store } = await delivered();
    const file = untyped("file:./data");
    const isNone = {
      code: "invalid-option",
      message: expect.stringContaining("not an ObjectStore"),
    };
    await expect(deliveryAt(to, { store: file })).rejects.toMatchObject(isNone);
    expect(() => deliveries(cephEvent(KEY), { store: file })).toThrow(
      expect.objectContaining(isNone),
    );
    const isMissing = { code: "invalid-option", message: expect.stringContaining("is missing") };
    await expect(deliveryAt(to, untyped({}))).rejects.toMatchObject(isMissing);
    expect(() => deliveries(cephEvent(KEY), untyped({}))).toThrow(
      expect.objectContaining(isMissing),
    );
    for (const [target, part] of [
      ["reminders/42.json", "{ bucket, key }"],
      [{ bucket: "reminders" }, "The target key must be a string (got undefined)"],
      [undefined, "The target is missing"],
    ]) {
      await expect(deliveryAt(untyped(target), { store })).rejects.toMatchObject({
        code: "invalid-target",
        message: expect.stringContaining(String(part)),
      });
    }
  });

  it("are refused for a value that is not a signal", async () => {
    const { store } = await delivered();
    const call = { store, signal: untyped(new AbortController()) };
    const isNone = {
      code: "invalid-option",
      message: expect.stringContaining("signal must be an AbortSignal"),
    };
    await expect(deliveryAt(to, call)).rejects.toMatchObject(isNone);
    expect(() => deliveries(cephEvent(KEY), call)).toThrow(expect.objectContaining(isNone));
  });

  it("are refused by json() too", async () => {
    const schema = untyped((value: unknown) => value);
    const { store } = await delivered();
    await expect(onOne({ store }, (one) => one.json(schema))).rejects.toMatchObject({
      code: "invalid-option",
      message: expect.stringContaining("must be a Standard Schema"),
    });
  });
});

describe("deliveryAt()", () => {
  it("opens the delivery at a target that was listed, and removes it", async () => {
    const { store } = await delivered();
    const delivery = await deliveryAt(to, { store });
    expect(delivery).toMatchObject({
      ...to,
      at: new Date("2026-12-24T11:00Z"),
      messageId: undefined,
    });
    expect(await delivery?.json()).toEqual(JSON_BODY);
    expect(await delivery?.remove()).toBe("removed");
    expect(await deliveryAt(to, { store })).toBeUndefined();
  });

  it("retries what may succeed, and throws other errors", async () => {
    const home = await delivered();
    const before = failFirst("get", 1, storeError("unavailable", "get"));
    const found = deliveryAt(to, { store: faultyStore(home.store, { before }), clock: home.clock });
    await home.clock.advance("1s");
    expect(await (await found)?.json()).toEqual(JSON_BODY);
    const denied = faultyStore(home.store, { before: () => storeError("denied", "get") });
    await expect(deliveryAt(to, { store: denied })).rejects.toMatchObject({ code: "denied" });
  });
});

describe("deliveries()", () => {
  it("returns the event's body, headers, delivery id and due instant", async () => {
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
      expect(await delivery.text()).toBe(JSON.stringify(JSON_BODY)); // read once, returned again
      expect((await delivery.bytes()).length).toBe(delivery.size);
    });
  });

  it("returns the body as a stream", async () => {
    const { store } = await delivered({ json: undefined, body: "hello" });
    const text = await onOne({ store }, ({ body }) => new Response(body).text());
    expect(text).toBe("hello");
  });

  it("has no delivery id and no instant for objects that other programs wrote, or wrote wrongly", async () => {
    const { store } = testSchedule();
    for (const metadata of [{}, { "keywhen-id": "%zz", "keywhen-at": "2026-12-24T12:00Z" }]) {
      await store.put(to, new Uint8Array(), { metadata });
      await onOne({ store }, async ({ deliveryId, at }) => {
        expect([deliveryId, at]).toEqual([undefined, undefined]);
      });
    }
  });

  it("checks JSON by a schema, and says what doesn't match", async () => {
    const { store } = await delivered();
    expect(await onOne({ store }, (delivery) => delivery.json(reminder))).toEqual({ userId: 42 });
    const other = await delivered({ json: { userId: 7 } });
    await expect(onOne({ store: other.store }, (one) => one.json(reminder))).rejects.toMatchObject({
      code: "invalid-payload",
      message: expect.stringContaining("userId: expected 42; odd."),
    });
    const text = await delivered({ json: undefined, body: "hello" });
    await expect(onOne({ store: text.store }, (one) => one.json())).rejects.toMatchObject({
      code: "invalid-payload",
      message: expect.stringContaining("reminders/42.json is not JSON."),
    });
  });

  it("skips missing objects", async () => {
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

  it("counts a delivery as removed if another worker removed it", async () => {
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

  it("doesn't remove an object that another program replaced with another body", async () => {
    const { store } = testSchedule();
    await store.put(to, new TextEncoder().encode("one"));
    const outcome = await onOne({ store }, async (delivery) => {
      await store.put(to, new TextEncoder().encode("two"));
      return delivery.remove();
    });
    expect(outcome).toBe("changed");
  });

  it("skips targets that are not allowed, without a request", async () => {
    const { store } = await delivered();
    const refusing = faultyStore(store, { before: () => storeError("denied", "get") });
    const options = { store: refusing, allowTargets: ["reminders/other/*"] };
    expect(await all(deliveries(cephEvent(KEY), options))).toEqual([]);
    expect(
      await all(deliveries(cephEvent(KEY), { store, allowTargets: ["reminders/*"] })),
    ).toHaveLength(1);
  });

  it("returns every good delivery of a queue's batch and reports the bad messages by id", async () => {
    const { store, batch } = await queueBatch();
    const failures: DeliveryFailure[] = [];
    const onFailure = (failure: DeliveryFailure) => failures.push(failure);
    const found = await all(deliveries(batch, { store, onFailure }));
    expect(found.map(({ messageId, key }) => [messageId, key])).toEqual([
      ["m0", "k0"],
      ["m3", "k3"],
    ]);
    expect(failures).toMatchObject([
      { messageId: "m1", error: { code: "invalid-notification" } },
      { messageId: "m2", object: { bucket: "reminders", key: "k2" }, error: { code: "denied" } },
    ]);
  });

  it("ends with the error of an onFailure that rejects", async () => {
    const { store, batch } = await queueBatch();
    const failure = new Error("the queue does not answer");
    const onFailure = () => Promise.reject(failure);
    await expect(all(deliveries(batch, { store, onFailure }))).rejects.toBe(failure);
  });

  it("returns every good delivery before it throws the failures, with each cause", async () => {
    const { store, batch } = await queueBatch();
    const { keys, error } = await untilError(deliveries(batch, { store }));
    expect(error).toMatchObject({
      code: "batch-incomplete",
      message: expect.stringMatching(
        /^2 of the notification's 4 objects .* The first: Message m1 can't be read/,
      ),
      cause: { errors: [{ code: "invalid-notification" }, { code: "denied" }] },
    });
    expect(keys).toEqual(["k0", "k3"]);
  });

  it("ends immediately with the caller's signal", async () => {
    const { store, batch } = await queueBatch();
    const signal = AbortSignal.abort();
    const failures: DeliveryFailure[] = [];
    const options = { store, signal, onFailure: (one: DeliveryFailure) => failures.push(one) };
    await expect(
      all(deliveries({ Records: batch.Records.slice(0, 1) }, options)),
    ).rejects.toMatchObject({
      code: "aborted",
    });
    expect(failures).toEqual([]);
  });

  it("returns the good object of two records when the other has no key", async () => {
    const { store } = await delivered();
    const notification = { Records: [s3Record(""), s3Record(KEY)] };
    expect(await untilError(deliveries(notification, { store }))).toMatchObject({
      keys: [KEY],
      error: { code: "invalid-notification" },
    });
  });

  it("retries what may succeed, and ends the loop with other errors", async () => {
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

  it("throws if a delivery can't be removed, or if the store doesn't confirm that it was", async () => {
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

  it("cancels a body that was not read", async () => {
    const home = await delivered();
    let cancelled = 0;
    const cancel = () => {
      cancelled += 1;
    };
    const store = withBodies(home.store, () => new ReadableStream({ cancel }));
    await all(deliveries(cephEvent(KEY), { store }));
    expect(cancelled).toBe(1);
    await onOne({ store }, async () => undefined); // left in the middle of the loop
    expect(cancelled).toBe(2);
  });

  it("returns the others when a body fails at its reader", async () => {
    const home = await delivered();
    const pull = (controller: ReadableStreamDefaultController<Uint8Array>) =>
      controller.error(storeError("unavailable", "get"));
    const store = withBodies(home.store, () => new ReadableStream({ pull }));
    const broken: unknown[] = [];
    const batch = { Records: [s3Record(KEY), s3Record(KEY)] };
    for await (const delivery of deliveries(batch, { store })) {
      const reader = delivery.body.getReader();
      await reader.read().catch((error: unknown) => broken.push(error));
      reader.releaseLock();
    }
    expect(broken).toHaveLength(2);
  });

  it("throws immediately if it isn't a notification", () => {
    const { store } = testSchedule();
    const isInvalid = expect.objectContaining({ code: "invalid-notification" });
    expect(() => deliveries({ hello: 1 }, { store })).toThrow(isInvalid);
  });
});

/** Four messages in a queue: the second is not JSON, and the object of the third may not be read. */
async function queueBatch() {
  const home = testSchedule();
  const bodies = ["k0", "k1", "k2", "k3"].map((key) => JSON.stringify(s3Event(key)));
  for (const key of ["k0", "k2", "k3"]) await home.store.put({ ...to, key }, new Uint8Array());
  bodies[1] = "not a notification";
  const Records = bodies.map((body, index) => ({
    messageId: `m${index}`,
    eventSource: "aws:sqs",
    body,
  }));
  const store = faultyStore(home.store, {
    before: ({ key }) => (key === "k2" ? storeError("denied", "get") : undefined),
  });
  return { store, batch: { Records } };
}

/** Returns other bodies than the store. */
function withBodies(store: ObjectStore, body: () => ReadableStream<Uint8Array>): ObjectStore {
  const get: ObjectStore["get"] = async (ref, call) => {
    const opened = await store.get(ref, call);
    return opened && { ...opened, body: body() };
  };
  return { ...store, get };
}

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

describe("describeIssues()", () => {
  it("names where each issue is, for a path of keys and for a path of segments", () => {
    const issues = [
      { message: "expected a string", path: ["items", { key: 0 }, { key: "name" }] },
      { message: "too many" },
    ];
    expect(describeIssues(issues)).toBe("items.0.name: expected a string; too many");
  });
});
