import { createDeadLetters, createScheduler, hasCode } from "@keywhen/core";
import { describe, expect, expectTypeOf, it } from "vitest";
import { sweeperOf, testSchedule } from "../../core/src/test-support/test-schedule.js";
import { UNPRINTABLE } from "../../core/src/test-support/unprintable.js";
import {
  type OpenedDestination,
  proveDestination,
  type ReceivedEvent,
  type ReceiverAnswer,
} from "../../store-conformance/src/destination.js";
import { DoNotRetry, type HandlerDelivery, type HandlerOptions, handler } from "./handler.js";
import type { StandardSchema } from "./standard-schema.js";

const DUE_AT = "2026-12-24T11:59:58.000Z";
const EVENT = {
  at: DUE_AT,
  to: { bucket: "reminders", key: "42" },
  json: { userId: 42 },
  metadata: { user: "42" },
} as const;

/** A schedule with one event that is due, and a sweeper that hands it to this function. */
async function setUp(
  handle: (delivery: HandlerDelivery) => unknown,
  options: HandlerOptions = {},
  event: object = {},
) {
  const schedule = testSchedule();
  const { deliveryId } = await createScheduler(schedule).schedule({ ...EVENT, ...event });
  const destinations = { reminders: handler(handle, options) };
  const sweeper = sweeperOf(schedule, { destinations, allowTargets: undefined });
  return { schedule, deliveryId, sweeper, deadLetters: createDeadLetters(schedule) };
}

/** The value of one call of a handler. */
async function handled<T>(read: (delivery: HandlerDelivery) => T, event: object = {}): Promise<T> {
  const values: T[] = [];
  const { sweeper } = await setUp(
    async (delivery) => void values.push(await read(delivery)),
    {},
    event,
  );
  expect(await sweeper.sweep()).toMatchObject({ delivered: 1, retrying: 0 });
  const [value] = values;
  if (value === undefined) throw new Error("the handler was not called");
  return value;
}

const userSchema: StandardSchema<{ readonly userId: number }> = {
  "~standard": {
    version: 1,
    validate: (value) =>
      typeof value === "object" && value !== null && "userId" in value
        ? { value: { userId: Number(value.userId) } }
        : { issues: [{ message: "expected a user" }] },
  },
};

describe("handler()", () => {
  it("calls the function with the event, and deletes the event when that has returned", async () => {
    const calls: HandlerDelivery[] = [];
    const { sweeper, deliveryId } = await setUp((delivery) => calls.push(delivery));
    expect(await sweeper.sweep()).toMatchObject({ delivered: 1, latenessMs: { max: 2_000 } });
    expect(calls).toMatchObject([
      {
        id: `${DUE_AT}|reminders|42|${deliveryId}`,
        deliveryId,
        at: new Date(DUE_AT),
        expiresAt: undefined,
        bucket: "reminders",
        key: "42",
        size: 13,
        contentType: "application/json",
        contentEncoding: undefined,
        cacheControl: undefined,
        metadata: { user: "42" },
        mayBeRepeat: false,
        signal: { aborted: false },
      },
    ]);
    expect(await sweeper.sweep()).toMatchObject({ due: 0 });
    expect(calls).toHaveLength(1);
  });

  it("says when the event expires", async () => {
    const expiresAt = await handled((delivery) => delivery.expiresAt, { expiresAfter: "10m" });
    expect(expiresAt).toEqual(new Date(Date.parse(DUE_AT) + 600_000));
  });

  it("reads the body as text, bytes, JSON or a stream", async () => {
    expect(await handled(({ text }) => text())).toBe('{"userId":42}');
    expect(await handled(({ bytes }) => bytes(), { json: undefined, body: "é" })).toEqual(
      new Uint8Array([0xc3, 0xa9]),
    );
    expect(await handled(({ json }) => json())).toEqual({ userId: 42 });
    expect(await handled(({ body }) => new Response(body).text())).toBe('{"userId":42}');
  });

  it("types and checks the JSON by the schema", async () => {
    const users: { readonly userId: number }[] = [];
    const destination = handler(
      async ({ json }) => {
        const user = await json();
        expectTypeOf(user).toEqualTypeOf<{ readonly userId: number }>();
        users.push(user);
      },
      { schema: userSchema },
    );
    const schedule = testSchedule();
    const scheduler = createScheduler(schedule);
    await scheduler.schedule(EVENT);
    await scheduler.schedule({ ...EVENT, to: { bucket: "reminders", key: "43" }, json: "none" });
    const sweeper = sweeperOf(schedule, { destinations: { reminders: destination } });
    const report = await sweeper.sweep();
    expect(report).toMatchObject({ delivered: 1, retrying: 1 });
    expect(report.errors[0]?.message).toContain("expected a user");
    expect(users).toEqual([{ userId: 42 }]);
  });

  it("tries again with the same id after 1, 3, 7 … minutes if the function throws, and keeps the text in the dead letter", async () => {
    const calls: string[] = [];
    const { schedule, sweeper, deliveryId, deadLetters } = await setUp((delivery) => {
      const now = new Date(schedule.clock.now()).toISOString().slice(11, 16);
      calls.push(`${now} ${delivery.deliveryId} ${delivery.mayBeRepeat}`);
      throw new Error("no such mailbox");
    });
    for (let minute = 0; minute < 10; minute++) {
      await sweeper.sweep();
      await schedule.clock.advance("1m");
    }
    expect(calls).toEqual(
      ["12:00 false", "12:01 true", "12:03 true", "12:07 true"].map((call) =>
        call.replace(" ", ` ${deliveryId} `),
      ),
    );
    await schedule.clock.advance("25h");
    expect(await sweeper.sweep()).toMatchObject({ dead: 1 });
    for await (const letter of deadLetters.list()) {
      expect(await deadLetters.get(letter.id)).toMatchObject({
        reason: "max-age",
        error: { code: "failed", message: "reminders/42: no such mailbox" },
      });
    }
  });

  it("makes a dead letter in the first sweep if the function throws DoNotRetry", async () => {
    const { sweeper, deadLetters } = await setUp(() => {
      throw new DoNotRetry("the account is closed");
    });
    expect(await sweeper.sweep()).toMatchObject({ dead: 1, retrying: 0, circuitOpen: false });
    const letters = [];
    for await (const { id } of deadLetters.list()) letters.push(await deadLetters.get(id));
    expect(letters).toMatchObject([
      {
        reason: "rejected",
        error: { code: "rejected", message: "reminders/42: the account is closed" },
      },
    ]);
  });

  it.each([
    [new TypeError(""), "TypeError"],
    ["a text", "a text"],
    [undefined, "undefined"],
  ])("reports %s that a function throws", async (thrown, message) => {
    const { sweeper } = await setUp(() => Promise.reject(thrown));
    const { errors } = await sweeper.sweep();
    expect(errors).toEqual([
      { type: "failed", code: "failed", message: `reminders/42: ${message}` },
    ]);
  });

  it.each(UNPRINTABLE)("reports %s that a function throws", async (_, thrown, message) => {
    const { sweeper } = await setUp(() => Promise.reject(thrown));
    const { errors } = await sweeper.sweep();
    expect(errors).toEqual([
      { type: "failed", code: "failed", message: `reminders/42: ${message}` },
    ]);
  });

  it("does not call the function when the signal has aborted while the event was opened", async () => {
    const calls: unknown[] = [];
    const aborting = new AbortController();
    const { deliver } = handler((delivery) => calls.push(delivery));
    const described = { id: "i", deliveryId: "d", destination: "reminders", key: "42", size: 0 };
    const open = async () => {
      aborting.abort(new Error("too late"));
      const [body, metadata] = [new ReadableStream<Uint8Array>(), {}];
      const unknown = { contentType: undefined, contentEncoding: undefined };
      return { size: 0, ...unknown, cacheControl: undefined, metadata, body };
    };
    const event = {
      ...described,
      dueAt: new Date(DUE_AT),
      expiresAt: undefined,
      mayBeRepeat: false,
    };
    await expect(deliver(event, open, aborting.signal)).rejects.toThrow("too late");
    expect(calls).toEqual([]);
  });

  it("rejects what reads the body after the function has returned", async () => {
    const kept: HandlerDelivery[] = [];
    const { sweeper } = await setUp((delivery) => kept.push(delivery));
    await sweeper.sweep();
    const [delivery] = kept;
    if (delivery === undefined) throw new Error("the handler was not called");
    const reading = delivery.bytes();
    await expect(reading).rejects.toThrow(TypeError);
    await expect(delivery.text()).rejects.toThrow(TypeError);
  });

  it("aborts the signal of a call that takes too long, which has failed", async () => {
    const reasons: unknown[] = [];
    const handle = ({ signal }: HandlerDelivery) =>
      new Promise((resolve) => {
        signal.addEventListener("abort", () => {
          reasons.push(signal.reason);
          resolve("too late");
        });
      });
    const { schedule, sweeper } = await setUp(handle, { timeout: "5m" });
    const sweeping = sweeper.sweep();
    await schedule.clock.advance("4m");
    expect(reasons).toEqual([]); // longer than a copy, and than the lease
    await schedule.clock.advance("2m");
    expect(await sweeping).toMatchObject({ delivered: 0, undecided: 1, lease: "taken" });
    expect(hasCode(reasons[0], "timed-out")).toBe(true);
  });

  it("skips an event that was canceled before it could be opened", async () => {
    const { schedule, sweeper } = await setUp(() => {
      throw new Error("called");
    });
    const { store } = schedule;
    const get: typeof store.get = async (ref, call) => {
      const isEvent = ref.key.includes("/pending/");
      return isEvent ? undefined : store.get(ref, call);
    };
    const destinations = { reminders: handler(() => {}) };
    const gone = sweeperOf({ ...schedule, store: { ...store, get } }, { destinations });
    expect(await gone.sweep()).toMatchObject({ gone: 1, retrying: 0 });
    expect(await sweeper.sweep()).toMatchObject({ retrying: 1 });
  });

  it.each([
    [
      () => handler(undefined as never),
      "handler() must be called with a function that takes a delivery (got undefined).",
    ],
    [() => handler(() => {}, { timeouts: "1m" } as never), 'Did you mean "timeout"?'],
    [
      () => handler(() => {}, { schema: {} as never }),
      "The schema for handler() must be a Standard Schema",
    ],
  ])("refuses what it can't use", (create, message) => {
    expect(create).toThrow(message);
  });
});

/** What a function has taken, and what it does from now on. */
function openHandler(): OpenedDestination {
  const received: ReceivedEvent[] = [];
  let answer: ReceiverAnswer = "take";
  const destination = handler(
    async ({ id, key, deliveryId = id, contentType, metadata, ...delivery }) => {
      const body = await delivery.bytes();
      if (answer === "fail") throw new Error("made up");
      if (answer === "reject") throw new DoNotRetry("unknown");
      if (answer === "never") await untilAborted(delivery.signal);
      received.push({ key, deliveryId, contentType, metadata, body });
    },
  );
  const set = (how: ReceiverAnswer) => {
    answer = how;
  };
  return { destination, answer: set, received: () => received, close: async () => undefined };
}

function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason));
  });
}

proveDestination({
  describe,
  it,
  name: "the destination of handler()",
  open: openHandler,
  without: ["slow-down"],
});
