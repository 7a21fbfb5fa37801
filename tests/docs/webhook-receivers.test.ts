import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { createSweeper, type SweepReport } from "@keywhen/core";
import { manualClock, memoryStore } from "@keywhen/core/testing";
import { webhook } from "@keywhen/webhook";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { inLanguage } from "./pages.js";

const GUIDE = "docs/guides/webhooks-and-commands.md";
const folder = fileURLToPath(new URL(".webhook-receivers/", import.meta.url));
const secret = `whsec_${randomBytes(32).toString("base64")}`;
const body = new TextEncoder().encode(JSON.stringify({ text: "größe 5 €", list: [1, 2] }));

let child: ChildProcess | undefined;
afterEach(() => child?.kill("SIGKILL"));

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  return typeof address === "object" ? (address?.port ?? 0) : 0;
}

/** Starts the receiver that the guide shows; returns its URL and what it prints. */
async function startReceiver(file: string) {
  const snippet = inLanguage(GUIDE, "js").find((one) => one.file === file);
  writeFileSync(join(folder, file), snippet?.code ?? "");
  const PORT = String(await freePort());
  const env = { ...process.env, PORT, KEYWHEN_WEBHOOK_SECRET: secret };
  child = spawn(process.execPath, [join(folder, file)], {
    env,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const receiver = { url: `http://127.0.0.1:${PORT}/due`, printed: "" };
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    receiver.printed += text;
  });
  for (;;) {
    const isUp = await fetch(receiver.url).then(Boolean, () => false);
    if (isUp) return receiver;
    await sleep(50);
  }
}

/** The key of an event with a delivery id, as a writer without keywhen stores it. */
const ref = {
  bucket: "schedule",
  key: "keywhen/pending/2026-01-01T00:00:00.000Z|hooks|42.json|order-42",
};

/** Stores an event and sweeps, so many times. */
async function deliver(url: string, times: number, signedWith = secret) {
  const clock = manualClock(new Date().toISOString());
  const location = { store: memoryStore({ clock }), bucket: "schedule", clock };
  const destinations = { hooks: webhook({ url, secret: signedWith }) };
  const sweeper = createSweeper({ ...location, destinations });
  const reports: SweepReport[] = [];
  for (let time = 1; time <= times; time++) {
    await location.store.put(ref, body, { contentType: "application/json" });
    reports.push(await sweeper.sweep());
  }
  return reports;
}

mkdirSync(folder, { recursive: true });
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("the guide's webhook receivers", () => {
  const RECEIVERS = ["hono-receiver.mjs", "express-receiver.mjs"];

  it.each(RECEIVERS)("%s handles a signed event once, however often it arrives", async (file) => {
    const receiver = await startReceiver(file);
    const delivered = { outcome: "swept", delivered: 1, retrying: 0 };
    expect(await deliver(receiver.url, 2)).toMatchObject([delivered, delivered]);
    expect(receiver.printed.match(/^handled order-42 \{ text: 'größe 5 €'/gm)).toHaveLength(1);
  });

  it.each(RECEIVERS)("%s does not take a signed text for a wrong signature", async (file) => {
    const receiver = await startReceiver(file);
    const statuses: number[] = [];
    const watched: typeof fetch = async (...request) => {
      const answer = await fetch(...request);
      statuses.push(answer.status);
      return answer;
    };
    const clock = manualClock(new Date().toISOString());
    const location = { store: memoryStore({ clock }), bucket: "schedule", clock };
    await location.store.put(ref, new TextEncoder().encode("plain text"), {
      contentType: "text/plain",
    });
    const hooks = webhook({ url: receiver.url, secret, fetch: watched });
    await createSweeper({ ...location, destinations: { hooks } }).sweep();
    expect(statuses).toEqual([500]);
  });

  it.each(RECEIVERS)("%s refuses another secret", async (file) => {
    const receiver = await startReceiver(file);
    const other = `whsec_${randomBytes(32).toString("base64")}`;
    expect(await deliver(receiver.url, 1, other)).toMatchObject([{ delivered: 0, retrying: 1 }]);
    expect(receiver.printed).toBe("");
  });
});

describe("the guide's check of a payload that is not text", () => {
  it("accepts a webhook with its secret, and no other", async () => {
    const snippet = inLanguage(GUIDE, "ts").find(({ code }) => code.includes("function isSigned"));
    const file = join(folder, "is-signed.ts");
    writeFileSync(file, snippet?.code ?? "");
    const { isSigned } = await import(file);
    const bytes = randomBytes(1_000);
    const sent: { headers: Headers; body: Uint8Array }[] = [];
    const keep: typeof fetch = async (_, init) => {
      sent.push({ headers: new Headers(init?.headers), body: init?.body as Uint8Array });
      return new Response();
    };
    const destination = webhook({ url: "https://example.com", secret, fetch: keep });
    const clock = manualClock(new Date().toISOString());
    const location = { store: memoryStore({ clock }), bucket: "schedule", clock };
    await location.store.put(ref, bytes);
    await createSweeper({ ...location, destinations: { hooks: destination } }).sweep();
    const [{ headers, body: received } = { headers: new Headers(), body: bytes }] = sent;
    expect(received).toEqual(new Uint8Array(bytes));
    expect(isSigned(received, headers, secret)).toBe(true);
    expect(isSigned(received, headers, `whsec_${"A".repeat(32)}`)).toBe(false);
    expect(
      isSigned(
        received.map((byte) => byte ^ 1),
        headers,
        secret,
      ),
    ).toBe(false);
    headers.set("webhook-timestamp", "1");
    expect(isSigned(received, headers, secret)).toBe(false);
  });
});
