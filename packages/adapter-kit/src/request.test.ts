import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { expect, it, onTestFinished } from "vitest";
import { answerDate, socketsRead } from "./request.js";

/** Connections, and what writes a byte to each of them. */
async function connections(count: number) {
  const accepted: Socket[] = [];
  const server = createServer((socket) => accepted.push(socket)).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port was given");
  const sockets = Array.from({ length: count }, () => connect(address.port, "127.0.0.1"));
  onTestFinished(() => {
    for (const socket of [...sockets, ...accepted]) socket.destroy();
    server.close();
  });
  await Promise.all(sockets.map((socket) => once(socket, "connect")));
  while (accepted.length < count) await new Promise(setImmediate);
  return { sockets, answerAll: () => accepted.map((socket) => socket.write("x")) };
}

/** Nothing is read during this time, so what was sent is ready afterwards. */
function block(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

it("lets no answer continue before the answers that came with it have been read", async () => {
  const { sockets, answerAll } = await connections(8);
  const steps: string[] = [];
  const reading = sockets.map(async (socket) => {
    await once(socket, "data");
    steps.push("read");
    await socketsRead();
    steps.push("first step");
    await undefined;
    steps.push("second step");
  });
  for (let round = 0; round < 3; round++) await new Promise(setImmediate);
  answerAll();
  block(50);
  await Promise.all(reading);
  const each = (step: string) => Array.from({ length: 8 }, () => step);
  expect(steps).toEqual([...each("read"), ...each("first step"), ...each("second step")]);
});

it("waits for nothing that comes later", async () => {
  const { sockets, answerAll } = await connections(1);
  let hasCome = false;
  sockets[0]?.once("data", () => {
    hasCome = true;
  });
  await socketsRead();
  await socketsRead();
  expect(hasCome).toBe(false);
  answerAll();
  for (let turn = 0; turn < 10_000 && !hasCome; turn++) await socketsRead();
  expect(hasCome).toBe(true); // sockets are read between two of them
});

it("reads the store's time, and returns nothing for an answer without one", () => {
  const first = "Wed, 25 Nov 2026 08:00:00 GMT";
  const second = "Wed, 25 Nov 2026 08:00:01 GMT";
  const read = [first, first, second, "soon", first, undefined, ["x"]].map(answerDate);
  expect(read.map((date) => date?.toISOString().slice(17, 19))).toEqual([
    "00",
    "00",
    "01",
    undefined,
    "00",
    undefined,
    undefined,
  ]);
});
