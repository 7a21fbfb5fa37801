// Puts a stream of 200 MiB, of `known` or `unknown` length, to a server in a process of its own that
// throws the bytes away, and prints by how much this process grew meanwhile.
import { fork } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";

const MEBIBYTE = 1_048_576;
const COUNT = 200;

if (process.send === undefined) await upload(process.argv[2] === "known");
else await serve();

async function serve() {
  let received = 0;
  const server = createServer((request, response) => {
    request.on("data", (chunk) => {
      received += chunk.length;
    });
    request.on("end", () => answer(request, response));
  });
  server.listen(0, "127.0.0.1", () => process.send({ port: server.address().port }));
  process.on("message", () => process.send({ received }));
}

function answer(request, response) {
  if (request.url.includes("uploadType=resumable")) {
    response.setHeader("location", `http://${request.headers.host}/session`);
  }
  const [, last] = /^bytes \d+-(\d+)\/\*$/.exec(request.headers["content-range"] ?? "") ?? [];
  if (last !== undefined) response.writeHead(308, { range: `bytes=0-${last}` });
  response.end(JSON.stringify({ generation: "1" }));
}

async function upload(isKnown) {
  const { Storage } = await import("@google-cloud/storage");
  const { gcsStore } = await import("../../dist/index.js");
  const server = fork(fileURLToPath(import.meta.url));
  const [{ port }] = await once(server, "message");
  const client = new Storage({ apiEndpoint: `http://127.0.0.1:${port}`, projectId: "test" });
  const store = gcsStore({ client });
  await store.put({ bucket: "b", key: "warm-up" }, new Uint8Array(1));

  let left = COUNT;
  const chunk = new Uint8Array(MEBIBYTE); // the same each time: what is measured is the store
  const body = new ReadableStream({
    pull(controller) {
      left -= 1;
      if (left < 0) controller.close();
      else controller.enqueue(chunk);
    },
  });
  const before = process.memoryUsage.rss();
  let most = before;
  const watch = setInterval(() => {
    most = Math.max(most, process.memoryUsage.rss());
  }, 5);
  const size = isKnown ? COUNT * MEBIBYTE : undefined;
  const { outcome } = await store.put({ bucket: "b", key: "large" }, body, { size });
  clearInterval(watch);
  server.send("received?");
  const [{ received }] = await once(server, "message");
  server.disconnect();
  server.kill();
  const growthMiB = Math.round((most - before) / MEBIBYTE);
  process.stdout.write(JSON.stringify({ outcome, received, growthMiB }));
}
