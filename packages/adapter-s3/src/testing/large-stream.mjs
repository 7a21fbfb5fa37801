// Puts a stream of 200 MiB, of `known` or `unknown` length, to a server in a process of its own that
// throws the bytes away, and prints how much this process held meanwhile.
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
      if (request.method === "PUT") received += chunk.length;
    });
    request.on("end", () => {
      const url = request.url ?? "";
      const body = url.includes("uploads")
        ? "<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>"
        : "<CompleteMultipartUploadResult><ETag>e</ETag></CompleteMultipartUploadResult>";
      response.setHeader("etag", "e").end(request.method === "PUT" ? "" : body);
    });
  });
  server.listen(0, "127.0.0.1", () => process.send({ port: server.address().port }));
  process.on("message", () => process.send({ received }));
}

async function upload(isKnown) {
  process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] = "true";
  const { S3Client } = await import("@aws-sdk/client-s3");
  const { s3Store } = await import("../../dist/index.js");
  const server = fork(fileURLToPath(import.meta.url));
  const [{ port }] = await once(server, "message");
  const credentials = { accessKeyId: "a", secretAccessKey: "b" };
  const endpoint = `http://127.0.0.1:${port}`;
  const client = new S3Client({ endpoint, credentials, region: "us-east-1" });
  const store = s3Store({ client });
  const { outcome, heldMiB } = await measureLargePut(store, { mebibytes: COUNT, isKnown });
  server.send("received?");
  const [{ received }] = await once(server, "message");
  server.disconnect();
  server.kill();
  client.destroy();
  process.stdout.write(JSON.stringify({ outcome, received: received - 1, heldMiB }));
}
