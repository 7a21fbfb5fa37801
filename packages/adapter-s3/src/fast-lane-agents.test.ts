import { getEventListeners } from "node:events";
import { Agent, type AgentOptions } from "node:http";
import { Agent as SecureAgent } from "node:https";
import { connect, type Socket } from "node:net";
import type { S3ClientConfig } from "@aws-sdk/client-s3";
import { S3Client } from "@aws-sdk/client-s3";
import { startAnsweringServer, storeErrorOf } from "@keywhen/test-servers";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { s3Store } from "./s3-store.js";
import { type OnWire, onWire, xml } from "./testing/on-wire.js";
import { wrappedHandler } from "./testing/wrapped-handler.js";

const source = { bucket: "here", key: "s" };
const target = { bucket: "away", key: "t" };
const COPIED = xml("<CopyObjectResult><ETag>e</ETag></CopyObjectResult>");

/** How often the SDK's own handlers were asked to send while `act` ran. */
async function asked(act: () => Promise<unknown>): Promise<number> {
  const { requestHandler } = new S3Client({ region: "us-east-1" }).config;
  const spy = vi.spyOn(Object.getPrototypeOf(requestHandler), "handle");
  try {
    await act();
    return spy.mock.calls.length;
  } finally {
    spy.mockRestore();
  }
}

const copied = (config: S3ClientConfig) => onWire(() => COPIED, config, {});

async function askedForTwoCopies(config: S3ClientConfig, change?: (made: OnWire) => void) {
  const made = await copied(config);
  change?.(made);
  const times = await asked(async () => {
    for (let round = 0; round < 2; round++) await made.store.copy(source, target);
  });
  expect(made.requests).toHaveLength(2);
  return times;
}

/** Sets what the SDK's own handler is to heed, as its extensions do. */
function setting(handler: object, name: string, value: unknown): void {
  const update: unknown = Reflect.get(handler, "updateHttpClientConfig");
  if (typeof update !== "function") throw new Error("the SDK's own handler was expected");
  update.call(handler, name, value);
}

/** An agent that connects to a server on loopback, for any address. */
function agentTo(port: number, Kind: typeof Agent = Agent, hosts: unknown[] = []): Agent {
  class ToPort extends Kind {
    override createConnection({ host }: AgentOptions & { host?: string }): Socket {
      hosts.push(host);
      return connect(port, "127.0.0.1");
    }
  }
  return new ToPort({ keepAlive: true });
}

async function answering() {
  const server = await startAnsweringServer(() => COPIED);
  onTestFinished(server.stop);
  return { server, port: Number(new URL(server.endpoint).port) };
}

async function copyTwice(config: S3ClientConfig): Promise<void> {
  const credentials = { accessKeyId: "a", secretAccessKey: "b" };
  const client = new S3Client({ region: "us-east-1", credentials, ...config });
  onTestFinished(() => client.destroy());
  const store = s3Store({ client, service: "aws" });
  for (let round = 0; round < 2; round++) await store.copy(source, target);
}

describe("the fast lane's requests", () => {
  it.each<[string, S3ClientConfig]>([
    ["without options", {}],
    ["more sockets", { requestHandler: { httpAgent: { maxSockets: 99 } } }],
    ["a time limit of 0", { requestHandler: { requestTimeout: 0 } }],
  ])("go past the SDK's own handler: %s", async (_, config) => {
    expect(await askedForTwoCopies(config)).toBe(0);
  });

  it.each<[string, S3ClientConfig, ((made: OnWire) => void)?]>([
    ["for connecting", { requestHandler: { connectionTimeout: 9_000 } }],
    ["for the request", { requestHandler: { requestTimeout: 9_000 } }],
    ["for the socket", { requestHandler: { socketTimeout: 9_000 } }],
    ["for a socket to become free", { requestHandler: { socketAcquisitionWarningTimeout: 9_000 } }],
    [
      "that keywhen doesn't know",
      {},
      ({ client: { config } }) => setting(config.requestHandler, "newLimit", 9_000),
    ],
  ])("go through it if it has a limit to keep: %s", async (_, config, change) => {
    expect(await askedForTwoCopies(config, change)).toBe(2);
  });

  it("go through a handler of the user's", async () => {
    let requests = 0;
    const { store } = await copied({ requestHandler: wrappedHandler(() => requests++) });
    const before = requests;
    await store.copy(source, target);
    expect(requests - before).toBe(1);
  });

  it("go through a kind of the SDK's handler that is made to do more", async () => {
    const { store, client } = await copied({});
    const { requestHandler: handler } = client.config;
    const kind: object = Object.getPrototypeOf(handler);
    const traced = vi.fn(handler.handle.bind(handler));
    const more = { constructor: { value: class Traced {} }, handle: { value: traced } };
    Object.setPrototypeOf(handler, Object.create(kind, more));
    await store.copy(source, target);
    expect(traced).toHaveBeenCalledTimes(1);
  });

  it("go through what the user puts in the handler's place", async () => {
    const { store, client } = await copied({});
    const patched = vi.spyOn(client.config.requestHandler, "handle");
    await store.copy(source, target);
    expect(patched).toHaveBeenCalledTimes(1);
    patched.mockRestore();
    let requests = 0;
    Object.assign(client.config, { requestHandler: wrappedHandler(() => requests++) });
    await store.copy(source, target);
    expect(requests).toBe(1);
  });

  it("keep to the agent's number of sockets", async () => {
    const requestHandler = { httpAgent: { maxSockets: 3 } };
    const { store, connections } = await onWire(
      () => ({ ...COPIED, delayMs: 20 }),
      { requestHandler },
      {},
    );
    const most: number[] = [];
    const copies = Array.from({ length: 30 }, async () => {
      await store.copy(source, target);
      most.push(await connections());
    });
    await Promise.all(copies);
    expect(Math.max(...most)).toBe(3);
  });

  it("go over the user's agent, for an address of IPv6 as well", async () => {
    const { server, port } = await answering();
    const hosts: unknown[] = [];
    const requestHandler = { httpAgent: agentTo(port, Agent, hosts) };
    const config = { endpoint: "http://[::1]:9", forcePathStyle: true, requestHandler };
    expect(await asked(() => copyTwice(config))).toBe(1);
    expect(server.requests.map(({ headers }) => headers["host"])).toEqual(["[::1]:9", "[::1]:9"]);
    expect(new Set(hosts)).toEqual(new Set(["::1"]));
  });

  it("go over the user's agent for HTTPS", async () => {
    const { server, port } = await answering();
    const hosts: unknown[] = [];
    const requestHandler = { httpsAgent: agentTo(port, SecureAgent, hosts) };
    expect(await asked(() => copyTwice({ requestHandler }))).toBe(1);
    expect(server.requests).toHaveLength(2);
    expect(new Set(hosts)).toEqual(new Set(["away.s3.us-east-1.amazonaws.com"]));
  });

  it("close their connection when they are aborted, and are never sent if aborted before", async () => {
    const { store, connections, requests } = await onWire(
      () => ({ ...COPIED, delayMs: 20_000 }),
      {},
      {},
    );
    const aborting = new AbortController();
    const copy = storeErrorOf(store.copy(source, target, { signal: aborting.signal }));
    await vi.waitFor(async () => expect(await connections()).toBe(1));
    aborting.abort();
    expect({ ...(await copy) }).toMatchObject({ code: "aborted", undecided: true });
    await vi.waitFor(async () => expect(await connections()).toBe(0));
    const before = await storeErrorOf(store.copy(source, target, { signal: AbortSignal.abort() }));
    expect({ ...before }).toMatchObject({ code: "aborted", undecided: false });
    expect(requests).toHaveLength(1);
  });

  it("leave nothing behind at a signal that outlives them", async () => {
    const { store } = await onWire((_, index) => (index === 1 ? "reset" : COPIED), {}, {});
    const { signal } = new AbortController();
    for (let round = 0; round < 5; round++) {
      await store.copy(source, target, { signal }).catch(() => {});
    }
    // The one that serves all calls, however many.
    const left = () => getEventListeners(signal, "abort").length;
    await vi.waitFor(() => expect(left()).toBeLessThanOrEqual(1));
  });
});
