import { once } from "node:events";
import { Agent, request } from "node:http";
import { buffer } from "node:stream/consumers";
import { describe, expect, it, onTestFinished } from "vitest";
import { type Answer, type AnsweringServer, startAnsweringServer } from "./answering-server.js";
import type { Fault } from "./fault-proxy.js";
import { type FaultProxy, startFaultProxy } from "./fault-proxy.js";
import { s3Error } from "./unconfirmed-answers.js";

const TEN = "0123456789";

async function behindProxy(
  fault: Fault | undefined,
  said: Answer = { body: TEN, headers: { "x-kept": "yes" } },
): Promise<{ server: AnsweringServer; proxy: FaultProxy }> {
  const server = await startAnsweringServer(() => said);
  const proxy = await startFaultProxy({ target: server.endpoint, decide: () => fault });
  onTestFinished(async () => {
    await proxy.close();
    await server.stop();
  });
  return { server, proxy };
}

const put = (proxy: FaultProxy, body = TEN) =>
  fetch(`${proxy.url}/bucket/a%7Cb?x=y`, { method: "PUT", body });

describe("startFaultProxy()", () => {
  it("passes request and answer on unchanged, Host included", async () => {
    const { server, proxy } = await behindProxy(undefined);
    const answer = await put(proxy);
    expect(answer.headers.get("x-kept")).toBe("yes");
    expect(await answer.text()).toBe(TEN);
    expect(server.requests).toHaveLength(1);
    expect(server.requests[0]).toMatchObject({ method: "PUT", url: "/bucket/a%7Cb?x=y" });
    expect(server.requests[0]?.body.toString()).toBe(TEN);
    expect(server.requests[0]?.headers["host"]).toBe(new URL(proxy.url).host);
    expect([...proxy.counts]).toEqual([["none", 1]]);
  });

  it("passes a HEAD's answer on with its length and without a body", async () => {
    const { proxy } = await behindProxy(undefined, { headers: { "content-length": "7" } });
    const { status, headers } = await fetch(proxy.url, { method: "HEAD" });
    expect([status, headers.get("content-length")]).toEqual([200, "7"]);
  });

  it.each([
    ["before", 0],
    ["after", 1],
  ] as const)("resets the connection %s the server was asked", async (moment, asked) => {
    const { server, proxy } = await behindProxy({ kind: "reset", moment });
    expect(await codeOf(proxy)).toBe("ECONNRESET");
    expect(server.requests).toHaveLength(asked);
    expect([...proxy.counts]).toEqual([[`reset-${moment}`, 1]]);
  });

  it.each([
    ["before", 0],
    ["after", 1],
  ] as const)(
    "ends the connection without an answer %s the server was asked",
    async (moment, asked) => {
      const { server, proxy } = await behindProxy({ kind: "half-close", moment });
      expect(await codeOf(proxy)).toBe("ECONNRESET"); // Node's name for an end that comes too early
      expect(server.requests).toHaveLength(asked);
    },
  );

  it.each([
    ["before", 0],
    ["after", 1],
  ] as const)("answers an error %s the server was asked", async (moment, asked) => {
    const fault: Fault = { kind: "answer", moment, answer: s3Error(503, "SlowDown") };
    const { server, proxy } = await behindProxy(fault);
    const answer = await put(proxy);
    expect([answer.status, await answer.text()]).toEqual([
      503,
      expect.stringContaining("<Code>SlowDown</Code>"),
    ]);
    expect(server.requests).toHaveLength(asked);
    expect([...proxy.counts]).toEqual([[`answer-503-${moment}`, 1]]);
  });

  it("gives the server only the beginning of a body", async () => {
    const { server, proxy } = await behindProxy({ kind: "cut-request", afterBytes: 4 });
    await expect(put(proxy)).rejects.toThrow();
    await expect.poll(() => server.requests[0]?.body.toString()).toBe("0123");
  });

  it("gives the client only the beginning of an answer", async () => {
    const { server, proxy } = await behindProxy({ kind: "cut-answer", afterBytes: 4 });
    const answer = await put(proxy);
    expect(answer.headers.get("content-length")).toBe("10");
    await expect(answer.text()).rejects.toThrow();
    expect(server.requests).toHaveLength(1);
  });

  it("never lets an answer that is cut end whole", async () => {
    const { proxy } = await behindProxy({ kind: "cut-answer", afterBytes: 10 });
    await expect(put(proxy).then((answer) => answer.text())).rejects.toThrow();
    const empty = await behindProxy({ kind: "cut-answer", afterBytes: 10 }, { body: "" });
    await expect(put(empty.proxy)).rejects.toThrow();
  });

  it("waits, and lets bytes trickle", async () => {
    const late = await behindProxy({ kind: "latency", delayMs: 60 });
    const slow = await behindProxy({ kind: "throttle", bytesPerSecond: 100 });
    for (const { proxy } of [late, slow]) {
      const start = performance.now();
      expect(await (await put(proxy)).text()).toBe(TEN);
      expect(performance.now() - start).toBeGreaterThan(55);
    }
  });

  it("is a reset where the server can't be reached", async () => {
    const { server, proxy } = await behindProxy(undefined);
    await server.stop();
    expect(await codeOf(proxy)).toBe("ECONNRESET");
  });
});

/** Node's own client has more exact errors than fetch. */
async function codeOf(proxy: FaultProxy): Promise<unknown> {
  const agent = new Agent();
  const sent = request(proxy.url, { method: "PUT", agent });
  sent.end(TEN);
  try {
    const [answer] = await once(sent, "response");
    await buffer(answer);
    return "answered";
  } catch (error) {
    return error instanceof Error && "code" in error ? error.code : error;
  } finally {
    agent.destroy();
  }
}
