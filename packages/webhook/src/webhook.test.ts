import { randomBytes } from "node:crypto";
import type { ServerResponse } from "node:http";
import { brotliCompressSync } from "node:zlib";
import type { DestinationEvent, OpenedEvent } from "@keywhen/core/destination";
import { ObjectStoreError } from "@keywhen/core/store";
import { manualClock } from "@keywhen/core/testing";
import { Webhook } from "standardwebhooks";
import { afterEach, describe, expect, it, vi } from "vitest";
import { type ReceiverServer, startReceiver } from "./testing/receiver-server.js";
import { webhook } from "./webhook.js";
import type { WebhookOptions } from "./webhook-options.js";

const SECRET = `whsec_${randomBytes(32).toString("base64")}`;
const MIB = 1_048_576;

let receiver: ReceiverServer | undefined;
afterEach(async () => {
  await receiver?.[Symbol.asyncDispose]();
  receiver = undefined;
});

const EVENT: DestinationEvent = {
  id: "2026-12-24T09:00:00.000Z|hooks|orders/42.json|k3v9q2m8x1ap",
  deliveryId: "k3v9q2m8x1ap",
  dueAt: new Date("2026-12-24T09:00Z"),
  expiresAt: undefined,
  destination: "hooks",
  key: "orders/42.json",
  size: 7,
  mayBeRepeat: false,
};

const opened = (body: Uint8Array, headers: Partial<OpenedEvent> = {}): OpenedEvent => ({
  size: body.length,
  contentType: "application/json",
  contentEncoding: undefined,
  cacheControl: undefined,
  metadata: {},
  body: new Blob([body as Uint8Array<ArrayBuffer>]).stream(),
  ...headers,
});

interface Sent {
  readonly options?: Partial<WebhookOptions>;
  readonly event?: Partial<DestinationEvent>;
  readonly body?: Uint8Array;
  readonly headers?: Partial<OpenedEvent>;
  readonly signal?: AbortSignal;
}

/** Delivers one event to a receiver that answers like this; returns the result, and what the receiver got. */
async function deliver(
  answer: (response: ServerResponse) => void,
  { options, event, body = new TextEncoder().encode('{"a":1}'), headers, signal }: Sent = {},
) {
  receiver = await startReceiver(answer);
  let opens = 0;
  const open = async () => {
    opens += 1;
    return opened(body, headers);
  };
  const url = `${receiver.url}/hooks/secret-path?token=secret-query`;
  const destination = webhook({ url, secret: SECRET, ...options });
  const call = signal ?? new AbortController().signal;
  const result = await destination.deliver({ ...EVENT, ...event }, open, call);
  const [webhookReceived] = receiver.received;
  return { result, received: webhookReceived, opens };
}

const ok = (response: ServerResponse) => void response.end("ok");
const status =
  (code: number, headers: Record<string, string> = {}) =>
  (response: ServerResponse) =>
    void response.writeHead(code, headers).end();

/** Throws unless the library accepts the webhook. */
function verify(secret: string, received: Awaited<ReturnType<typeof deliver>>["received"]): void {
  const headers = received?.headers as Record<string, string>;
  new Webhook(secret).verify(received?.body ?? "", headers, { jsonParse: false });
}

describe("webhook()", () => {
  it("posts the unchanged body with its headers, signed as the library verifies it", async () => {
    const { result, received, opens } = await deliver(ok, {
      headers: { contentType: "application/json; charset=utf-8", contentEncoding: "identity" },
    });
    expect(result).toEqual({ outcome: "delivered" });
    expect(opens).toBe(1);
    expect(received?.path).toBe("/hooks/secret-path?token=secret-query");
    expect(received?.body.toString()).toBe('{"a":1}');
    expect(received?.headers).toMatchObject({
      "content-type": "application/json; charset=utf-8",
      "content-encoding": "identity",
      "content-length": "7",
      "user-agent": "keywhen",
      "webhook-id": "k3v9q2m8x1ap",
    });
    verify(SECRET, received);
  });

  it("describes the event as a CloudEvent in binary mode", async () => {
    const { received } = await deliver(ok, {
      event: { key: 'größe "5"/100%.json', deliveryId: "order 42/é" },
    });
    expect(received?.headers).toMatchObject({
      "ce-specversion": "1.0",
      "ce-id": "order%2042/%C3%A9",
      "ce-source": "keywhen:hooks",
      "ce-type": "keywhen.event.due",
      "ce-time": "2026-12-24T09:00:00.000Z",
      "ce-subject": "gr%C3%B6%C3%9Fe%20%225%22/100%25.json",
    });
  });

  it("uses the type and the source that are given", async () => {
    const options = { type: "com.example.reminder.due", source: "/acme/reminders" };
    const { received } = await deliver(ok, { options });
    expect(received?.headers).toMatchObject({
      "ce-type": "com.example.reminder.due",
      "ce-source": "/acme/reminders",
    });
  });

  it("leaves the attributes to a body that is a CloudEvent itself", async () => {
    const headers = { contentType: "application/cloudevents+json" };
    const { received } = await deliver(ok, { headers });
    expect(Object.keys(received?.headers ?? {}).filter((name) => name.startsWith("ce-"))).toEqual(
      [],
    );
    verify(SECRET, received);
  });

  it("sends the metadata, and continues the trace of its traceparent", async () => {
    const traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    const metadata = {
      user: "42",
      traceparent,
      tracestate: "acme=1",
      "not-ascii": "é\n",
      "Not A Name": "x",
    };
    const { received } = await deliver(ok, { headers: { metadata } });
    expect(received?.headers).toMatchObject({
      "keywhen-meta-user": "42",
      traceparent,
      tracestate: "acme=1",
    });
    expect(received?.headers).not.toHaveProperty("keywhen-meta-not-ascii");
  });

  it.each([
    ["report-2026.11", "report-2026%2E11"],
    ["order 42/é", "order%2042/%C3%A9"],
    [undefined, "2026-12-24T09:00:00%2E000Z%7Chooks%7Corders/42%2Ejson"],
  ])("sends the delivery id %s without a dot", async (deliveryId, id) => {
    const event = { deliveryId, id: "2026-12-24T09:00:00.000Z|hooks|orders/42.json" };
    const { received } = await deliver(ok, { event });
    expect(received?.headers["webhook-id"]).toBe(id);
    verify(SECRET, received);
  });

  it("signs with both secrets while they are rotated", async () => {
    const old = `whsec_${randomBytes(24).toString("base64")}`;
    const { received } = await deliver(ok, { options: { secret: [SECRET, old] } });
    verify(SECRET, received);
    verify(old, received);
  });

  it("takes the time of the signature from its clock", async () => {
    const clock = manualClock("2026-12-24T09:00:00.999Z");
    const { received } = await deliver(ok, { options: { clock } });
    expect(received?.headers["webhook-timestamp"]).toBe("1798102800");
  });

  it("sends an empty body, and one without a type", async () => {
    const { received } = await deliver(ok, {
      body: new Uint8Array(),
      headers: { contentType: undefined },
    });
    expect(received?.headers).toMatchObject({ "content-length": "0" });
    expect(received?.headers).not.toHaveProperty("content-type");
    verify(SECRET, received);
  });

  it("streams a large body, which it reads twice", async () => {
    const body = new Uint8Array(3 * MIB + 1).fill(97);
    const { received, opens } = await deliver(ok, { body });
    expect(opens).toBe(2);
    expect(received?.headers["content-length"]).toBe(String(body.length));
    expect(received?.body.equals(body)).toBe(true);
    verify(SECRET, received);
  });

  it("sends more headers, and the URL's password as authorization", async () => {
    receiver = await startReceiver(ok);
    const url = receiver.url.replace("http://", "http://user:pass@");
    const destination = webhook({ url, secret: SECRET, headers: { "X-Tenant": "acme" } });
    const open = async () => opened(new Uint8Array(1));
    await destination.deliver(EVENT, open, new AbortController().signal);
    expect(receiver.received[0]?.headers).toMatchObject({
      authorization: `Basic ${btoa("user:pass")}`,
      "x-tenant": "acme",
    });
  });

  it("prefers a given authorization to the one of the URL", async () => {
    receiver = await startReceiver(ok);
    const url = receiver.url.replace("http://", "http://user:pass@");
    const destination = webhook({ url, secret: SECRET, headers: { authorization: "Bearer x" } });
    const open = async () => opened(new Uint8Array(1));
    await destination.deliver(EVENT, open, new AbortController().signal);
    expect(receiver.received[0]?.headers.authorization).toBe("Bearer x");
  });

  it("lets a receiver take 30 seconds unless a timeout is given", () => {
    const url = "https://example.com/hooks";
    expect(webhook({ url, secret: SECRET }).timeout).toBe("30s");
    expect(webhook({ url, secret: SECRET, timeout: "5s" }).timeout).toBe("5s");
  });

  it("rejects the event after 410", async () => {
    const { result } = await deliver(status(410));
    expect(result).toEqual({ outcome: "rejected", message: `${receiver?.url} answered 410 Gone` });
  });

  it.each([429, 503])("asks to slow down after %i with Retry-After", async (code) => {
    const { result } = await deliver(status(code, { "retry-after": "7" }));
    expect(result).toMatchObject({ outcome: "slow-down", retryAfterMs: 7_000 });
  });

  it("does not follow a redirect", async () => {
    const { result } = await deliver(status(307, { location: "/elsewhere" }));
    expect(receiver?.received).toHaveLength(1);
    expect(result).toEqual({
      outcome: "failed",
      undecided: false,
      message: `${receiver?.url} answered 307 Temporary Redirect, and redirects are not followed: use the new address`,
    });
  });

  it("waits a second for a receiver that does not listen, as it may restart", async () => {
    receiver = await startReceiver(ok);
    const { url } = receiver;
    await receiver[Symbol.asyncDispose]();
    const open = async () => opened(new Uint8Array(1));
    const destination = webhook({ url: `${url}/secret-path`, secret: SECRET });
    const result = await destination.deliver(EVENT, open, new AbortController().signal);
    const message = `${url} did not answer: ECONNREFUSED`;
    expect(result).toEqual({ outcome: "slow-down", retryAfterMs: 1_000, message });
  });

  it("fails without a connection for another reason, and the receiver certainly has nothing", async () => {
    const cause = Object.assign(new Error("not found"), { code: "ENOTFOUND" });
    const fetch = () => Promise.reject(new TypeError("fetch failed", { cause }));
    const { result } = await deliver(ok, { options: { fetch } });
    const message = expect.stringMatching(/did not answer: ENOTFOUND$/);
    expect(result).toEqual({ outcome: "failed", undecided: false, message });
  });

  it.each([
    ["EHOSTUNREACH", false],
    ["ENETUNREACH", false],
    ["EAI_AGAIN", false],
    ["UND_ERR_CONNECT_TIMEOUT", false],
    ["CERT_HAS_EXPIRED", false],
    ["DEPTH_ZERO_SELF_SIGNED_CERT", false],
    ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", false],
    ["ERR_TLS_CERT_ALTNAME_INVALID", false],
    ["ERR_SSL_WRONG_VERSION_NUMBER", false],
    ["ECONNRESET", true],
    ["UND_ERR_SOCKET", true],
    ["UND_ERR_HEADERS_TIMEOUT", true],
  ])("after %s the receiver may have the event: %s", async (code, undecided) => {
    const fetch = () => Promise.reject(Object.assign(new Error("no"), { code }));
    const { result } = await deliver(ok, { options: { fetch } });
    expect(result).toMatchObject({ outcome: "failed", undecided });
  });

  it("shows no control character, and only the start of a long status", async () => {
    const statusText = `\u009b31m${"x".repeat(200)}`;
    const answers = async () => new Response(null, { status: 500, statusText });
    const { result } = await deliver(ok, { options: { fetch: answers } });
    expect(result).toMatchObject({ message: expect.stringMatching(/500 [ -~]{1,90}$/) });
    await receiver?.[Symbol.asyncDispose]();
    const fails = () => Promise.reject(new Error("no \u001b[31m"));
    const failed = await deliver(ok, { options: { fetch: fails } });
    expect(failed.result).toMatchObject({ message: expect.stringMatching(/: no [ -~]+$/) });
  });

  it.each([undefined, "65537"])("reads nothing of an answer of %s bytes", async (length) => {
    const pull = vi.fn();
    const cancel = vi.fn();
    const body = new ReadableStream({ pull, cancel }, { highWaterMark: 0 });
    const headers = new Headers(length === undefined ? [] : [["content-length", length]]);
    const fetch = async () => new Response(body, { headers });
    const { result } = await deliver(ok, { options: { fetch } });
    expect(result).toEqual({ outcome: "delivered" });
    expect(pull).not.toHaveBeenCalled();
    expect(cancel).toHaveBeenCalledOnce();
  });

  it.each([undefined, "nothing", { code: 7 }])(
    "fails, undecided, after the error %j",
    async (error) => {
      const fetch = () => Promise.reject(error);
      const { result } = await deliver(ok, { options: { fetch } });
      expect(result).toMatchObject({ outcome: "failed", undecided: true });
    },
  );

  it("fails, undecided, if the receiver breaks off", async () => {
    const { result } = await deliver((response) => response.socket?.destroy());
    expect(result).toMatchObject({ outcome: "failed", undecided: true });
  });

  it("ends when its signal aborts", async () => {
    const ending = new AbortController();
    const { result } = await deliver(() => ending.abort(), { signal: ending.signal });
    expect(result).toMatchObject({ outcome: "failed", undecided: true });
  });

  it("counts a delivery although the answer's body breaks off or does not end", async () => {
    const breaksOff = (response: ServerResponse) => {
      response.writeHead(200, { "content-length": "10" }).write("ok");
      setTimeout(() => response.destroy(), 20);
    };
    expect((await deliver(breaksOff)).result).toEqual({ outcome: "delivered" });
    await receiver?.[Symbol.asyncDispose]();
    const isEndless = (response: ServerResponse) => void response.writeHead(200).write("ok");
    expect((await deliver(isEndless)).result).toEqual({ outcome: "delivered" });
  });

  it.each(["30s", "1s"] as const)(
    "delivers although an answer's body never comes, with timeout %s",
    async (timeout) => {
      const began = performance.now();
      const neverComes = (response: ServerResponse) =>
        response.writeHead(200, { "content-length": "10" }).flushHeaders();
      const { result } = await deliver(neverComes, { options: { timeout } });
      expect(result).toEqual({ outcome: "delivered" });
      expect(performance.now() - began).toBeLessThan(timeout === "30s" ? 3_000 : 1_000);
    },
  );

  it("does not unpack an answer, and asks for none that is packed", async () => {
    const body = brotliCompressSync(Buffer.alloc(64 * MIB));
    const headers = { "content-encoding": "br", "content-length": String(body.length) };
    let answer: Response | undefined;
    const fetch = async (url: string | URL | Request, init?: RequestInit) => {
      answer = await globalThis.fetch(url, init);
      return answer;
    };
    const packed = (response: ServerResponse) => void response.writeHead(200, headers).end(body);
    const { result, received } = await deliver(packed, { options: { fetch } });
    expect(result).toEqual({ outcome: "delivered" });
    expect(received?.headers["accept-encoding"]).toBe("identity");
    const rest = await answer?.body?.getReader().read();
    expect(rest?.done).toBe(true);
    expect(answer?.bodyUsed).toBe(true);
  });

  it.each([
    ["/hooks/secret path?token=secret-query"],
    ["//hooks/secret%20path"],
    ["x/hooks/secret path"],
    ["100% /hooks/secret path"],
  ])("shows no path if the text of an error is: %s", async (text) => {
    const fetch = () => Promise.reject(new Error(`can't reach ${text}`));
    const url = "http://localhost/hooks/secret%20path?token=secret-query";
    const { result } = await deliver(ok, { options: { fetch, url } });
    expect(result).toMatchObject({
      message: "http://localhost did not answer: the request failed",
    });
  });

  it("passes on the error of an event that can't be read, before and during the request", async () => {
    receiver = await startReceiver(ok);
    const destination = webhook({ url: receiver.url, secret: SECRET });
    const { signal } = new AbortController();
    const error = new ObjectStoreError({
      code: "unavailable",
      operation: "get",
      bucket: "b",
      message: "no",
    });
    const gone = async () => Promise.reject(error);
    await expect(destination.deliver(EVENT, gone, signal)).rejects.toBe(error);
    let opens = 0;
    const breaksOff = async () => {
      opens += 1;
      const whole = opened(new Uint8Array(2 * MIB));
      if (opens === 1) return whole;
      const pull = (controller: ReadableStreamDefaultController<Uint8Array>) =>
        controller.error(error);
      return { ...whole, body: new ReadableStream({ pull }) };
    };
    await expect(destination.deliver(EVENT, breaksOff, signal)).rejects.toBe(error);
  });

  it("shows no path, query, password or secret in any result", async () => {
    for (const answer of [status(410), status(429), status(500), status(302)]) {
      const { result } = await deliver(answer);
      expect(JSON.stringify(result)).not.toMatch(/secret|whsec/);
      await receiver?.[Symbol.asyncDispose]();
    }
    const fetch = (url: unknown) => Promise.reject(new Error(`can't reach ${url}`));
    const { result } = await deliver(ok, { options: { fetch } });
    expect(result).toMatchObject({
      outcome: "failed",
      message: expect.stringMatching(/did not answer: can't reach http:\/\/127\.0\.0\.1:\d+$/),
    });
  });
});

describe("mistakes in the options of webhook()", () => {
  const url = "https://example.com/hooks";
  it.each([
    [{ url, secret: SECRET, retries: 3 }, 'no option "retries"'],
    [{ url, secret: SECRET, timeout: 30 }, "30 is a number without a unit"],
    [{ url, secret: SECRET, type: "" }, 'type must be a non-empty string (got "")'],
    [{ url, secret: SECRET, source: 1 }, "source must be a non-empty string (got 1)"],
    [{ url, secret: SECRET, fetch: "undici" }, "fetch must be a function"],
    [{ url, secret: SECRET, headers: { "Webhook-Id": "x" } }, 'The header "Webhook-Id" is set by'],
    [{ url, secret: SECRET, headers: { "content-type": "x" } }, 'The header "content-type" is set'],
    [{ url, secret: SECRET, headers: { "a b": "x" } }, 'correct the one that is called "a b"'],
    [
      { url, secret: SECRET, headers: { key: "my-pass\n" + "word\0" } },
      'the one that is called "key"',
    ],
    [{ url, secret: SECRET, headers: { key: 1 } }, 'the one that is called "key"'],
  ])("are refused: %j", (options, part) => {
    const create = () => webhook(options as never);
    expect(create).toThrow(expect.objectContaining({ message: expect.stringContaining(part) }));
    expect(create).not.toThrow(/my-pass/);
  });

  it.each(["Host", "connection", "transfer-encoding", "expect", "te", "trailer", "upgrade"])(
    "include the header %s, which the connection sets",
    (name) => {
      const headers = { [name]: "x" };
      expect(() => webhook({ url, secret: SECRET, headers })).toThrow("is set by keywhen");
    },
  );
});
