import type { Destination, DestinationEvent } from "@keywhen/core/destination";
import { describe, expect, it } from "vitest";
import { createRegister } from "../command/run-proofs.js";
import { proveDestination } from "../destination.js";
import type { OpenedDestination, ReceivedEvent, ReceiverAnswer } from "./opened-destination.js";
import { PROOFS } from "./proofs.js";

type Deliver = Destination["deliver"];

interface Parts {
  /** What a good destination does. */
  readonly good: Deliver;
  readonly receive: (
    event: DestinationEvent,
    body: Uint8Array,
    changes?: Partial<ReceivedEvent>,
  ) => void;
  readonly answer: () => ReceiverAnswer;
  readonly received: readonly ReceivedEvent[];
}

type Broken = (parts: Parts) => Partial<Destination>;

/** A destination in memory that keeps every promise, except for what is broken. */
function destinationWith(broken: Broken = () => ({})): OpenedDestination {
  const received: ReceivedEvent[] = [];
  let answer: ReceiverAnswer = "take";
  const receive: Parts["receive"] = ({ key, deliveryId, id }, body, changes = {}) => {
    received.push({ key, deliveryId: deliveryId ?? id, body, ...changes });
  };
  const good: Deliver = async (event, open, signal) => {
    signal.throwIfAborted();
    const { contentType, metadata, body } = await open();
    const bytes = await read(body);
    if (answer === "fail") throw new Error("made up");
    if (answer === "reject") return { outcome: "rejected", message: "unknown" };
    if (answer === "slow-down") return { outcome: "slow-down", message: "busy", retryAfterMs: 9 };
    if (answer === "never") return untilAborted(signal);
    receive(event, bytes, { contentType, metadata });
    return { outcome: "delivered" };
  };
  const find: Destination["find"] = async ({ deliveryId }) =>
    received.some((one) => one.deliveryId === deliveryId) ? "found" : "not-found";
  const parts = { good, receive, received, answer: () => answer };
  return {
    destination: { deliver: good, find, ...broken(parts) },
    received: () => received,
    answer: (how) => {
      answer = how;
    },
    close: async () => undefined,
  };
}

async function read(body: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  return new Uint8Array(await new Response(body).arrayBuffer());
}

function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason));
  });
}

/** Does as a good one does with an event and a payload that are changed. */
const changing =
  (change: (event: DestinationEvent) => Partial<DestinationEvent>): Broken =>
  ({ good }) => ({ deliver: (event, ...rest) => good({ ...event, ...change(event) }, ...rest) });

const opening =
  (change: (opened: Awaited<ReturnType<Parameters<Deliver>[1]>>) => object): Broken =>
  ({ good }) => ({
    deliver: (event, open, signal) =>
      good(event, async () => ({ ...(await open()), ...change(await open()) }), signal),
  });

let tries = 0;

const BROKEN: Readonly<Record<string, Broken>> = {
  "changes the body": opening(() => ({ body: new Response("other").body })),
  "reads the body as text": opening(({ body }) => ({
    body: body.pipeThrough(new TextDecoderStream()).pipeThrough(new TextEncoderStream()),
  })),
  "gives each try another id": changing(({ deliveryId }) => ({
    deliveryId: `${deliveryId}-${++tries}`,
  })),
  "gives every event one id": changing(() => ({ deliveryId: "id" })),
  "escapes the key": changing(({ key }) => ({ key: encodeURIComponent(key) })),
  "has no id for events that were written by hand": changing(({ deliveryId }) => ({
    deliveryId: deliveryId ?? "",
  })),
  "loses metadata": opening(() => ({ metadata: {} })),
  "loses the content type": opening(() => ({ contentType: "text/plain" })),
  "mixes events up": ({ good, receive }) => {
    let before: Promise<unknown> = Promise.resolve();
    let kept: Uint8Array | undefined;
    return {
      deliver: async (event, open, signal) => {
        if (event.key.length > 1) return good(event, open, signal);
        const reading = before.then(async () => {
          kept ??= await read((await open()).body);
        });
        before = reading;
        await reading;
        receive(event, kept ?? new Uint8Array());
        return { outcome: "delivered" };
      },
    };
  },
  "has delivered what the receiver fails to take": ({ good }) => ({
    deliver: async (...call) => good(...call).catch(() => ({ outcome: "delivered" })),
  }),
  "says nothing of a failure": ({ good, answer }) => ({
    deliver: async (...call) => {
      const result = await good(...call).catch((error: unknown) => {
        if (answer() === "fail") return { outcome: "failed", message: "" } as const;
        throw error;
      });
      return "message" in result ? { ...result, message: "" } : result;
    },
  }),
  "tries again what is rejected": ({ good }) => ({
    deliver: async (...call) => {
      const result = await good(...call);
      return result.outcome === "rejected" ? { outcome: "failed", message: "x" } : result;
    },
  }),
  "names no pause": ({ good }) => ({
    deliver: async (...call) => {
      const result = await good(...call);
      return result.outcome === "slow-down" ? { ...result, retryAfterMs: Number.NaN } : result;
    },
  }),
  "counts a pause as a failure": ({ good }) => ({
    deliver: async (...call) => {
      const result = await good(...call);
      return result.outcome === "slow-down" ? { outcome: "failed", message: "x" } : result;
    },
  }),
  "does not wait for the answer": ({ good, answer }) => ({
    deliver: async (...call) => (answer() === "never" ? { outcome: "delivered" } : good(...call)),
  }),
  "ignores its signal": ({ good }) => ({
    deliver: (event, open) => good(event, open, new AbortController().signal),
  }),
  "takes an abort for a delivery": ({ good }) => ({
    deliver: (event, open, signal) =>
      good(event, open, signal).catch((error: unknown) => {
        if (signal.aborted) return { outcome: "delivered" } as const;
        throw error;
      }),
  }),
  "sends without the body": ({ good, receive }) => ({
    deliver: async (event, open, signal) => {
      const opened = await open().catch(() => undefined);
      if (opened !== undefined) return good(event, async () => opened, signal);
      receive(event, new Uint8Array());
      return { outcome: "delivered" };
    },
  }),
  "rejects what it can't open": ({ good }) => ({
    deliver: async (event, open, signal) => {
      const opened = await open().catch(() => undefined);
      return opened === undefined
        ? { outcome: "rejected", message: "gone" }
        : good(event, async () => opened, signal);
    },
  }),
  "delivers half a body": ({ good, receive }) => ({
    deliver: async (event, open, signal) => {
      const opened = await open();
      if (opened.size < 1_000 || opened.size > 2_000)
        return good(event, async () => opened, signal);
      receive(event, new Uint8Array());
      return { outcome: "delivered" };
    },
  }),
  "gives up after a failure": ({ good, answer }) => {
    let hasFailed = false;
    return {
      deliver: async (...call) => {
        hasFailed ||= answer() === "fail";
        return hasFailed ? { outcome: "failed", message: "it had failed" } : good(...call);
      },
    };
  },
  "finds by the key": ({ received }) => ({
    find: async ({ key }) => (received.some((one) => one.key === key) ? "found" : "not-found"),
  }),
  "finds everything": () => ({ find: async () => "found" }),
  "finds nothing": () => ({ find: async () => "not-found" }),
  "declares half a delivery": () => ({ concurrency: 0.5 }),
  "declares a time limit without a unit": () => ({ timeout: 5 as never }),
};

async function failuresOf(open: () => OpenedDestination): Promise<string[]> {
  const { describe, it, proofs } = createRegister();
  proveDestination({ describe, it, name: "broken", open });
  const failed = await Promise.all(
    proofs.map(({ promise, run }) =>
      run().then(
        () => [],
        () => [promise],
      ),
    ),
  );
  return failed.flat();
}

describe("proveDestination()", () => {
  it("passes a destination that keeps its promises, with and without find()", async () => {
    expect(await failuresOf(() => destinationWith())).toEqual([]);
    expect(await failuresOf(() => destinationWith(() => ({ find: undefined as never })))).toEqual(
      [],
    );
  });

  it("leaves out what a receiver has no way to answer", () => {
    const { describe, it, proofs } = createRegister();
    const open = () => destinationWith();
    proveDestination({ describe, it, name: "x", open, without: ["reject", "slow-down"] });
    expect(proofs).toHaveLength(Object.keys(PROOFS).length - 2);
  });

  const failed = new Set<string>();
  it.each(Object.entries(BROKEN))("fails a destination that %s", async (_, broken) => {
    const failures = await failuresOf(() => destinationWith(broken));
    expect(failures).not.toEqual([]);
    for (const promise of failures) failed.add(promise);
  });

  it("has no proof that can't fail", () => {
    expect(Object.keys(PROOFS).filter((promise) => !failed.has(promise))).toEqual([]);
  });
});
