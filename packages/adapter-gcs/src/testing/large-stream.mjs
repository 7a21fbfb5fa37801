// Puts a stream of 200 MiB, of `known` or `unknown` length, to a server in a process of its own that
// throws the bytes away, and prints by how much this process grew meanwhile.
import { fork } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { measureLargePut } from "@keywhen/test-servers";

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
  const { outcome, growthMiB } = await measureLargePut(store, { mebibytes: COUNT, isKnown });
  server.send("received?");
  const [{ received }] = await once(server, "message");
  server.disconnect();
  server.kill();
  process.stdout.write(JSON.stringify({ outcome, received, growthMiB }));
}
