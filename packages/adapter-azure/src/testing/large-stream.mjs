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
    const isBody = !request.url?.includes("comp=blocklist");
    request.on("data", (chunk) => {
      if (isBody) received += chunk.length;
    });
    request.on("end", () => response.writeHead(201, { etag: '"1"' }).end());
  });
  server.listen(0, "127.0.0.1", () => process.send({ port: server.address().port }));
  process.on("message", () => process.send({ received }));
}

async function upload(isKnown) {
  const { BlobServiceClient } = await import("@azure/storage-blob");
  const { azureStore } = await import("../../dist/index.js");
  const server = fork(fileURLToPath(import.meta.url));
  const [{ port }] = await once(server, "message");
  const store = azureStore({ client: new BlobServiceClient(`http://127.0.0.1:${port}/a?sig=x`) });
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
  process.stdout.write(JSON.stringify({ outcome, received: received - 1, growthMiB }));
}
