import { fork } from "node:child_process";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { fileURLToPath } from "node:url";
import { type LargePutStore, measureLargePut } from "./large-put.js";

const MEBIBYTES = 200;

interface LargeUpload {
  readonly isCounted?: ((request: IncomingMessage) => boolean) | undefined;
  readonly answer: (request: IncomingMessage, response: ServerResponse) => void;
  readonly openStore: (endpoint: {
    readonly url: string;
    readonly port: number;
  }) => Promise<LargePutStore>;
}

export const S3_LARGE_UPLOAD: Pick<LargeUpload, "isCounted" | "answer"> = {
  isCounted: ({ method }) => method === "PUT",
  answer({ method, url = "" }, response) {
    const body = url.includes("uploads")
      ? "<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>"
      : "<CompleteMultipartUploadResult><ETag>e</ETag></CompleteMultipartUploadResult>";
    response.setHeader("etag", "e").end(method === "PUT" ? "" : body);
  },
};

/**
 * The whole of a script: puts two streams of 200 MiB, the first of known length, to a server in another process, and prints
 * how much this process held.
 */
export async function runLargeUpload(scriptUrl: string, upload: LargeUpload): Promise<void> {
  const toParent = process.send?.bind(process);
  if (toParent === undefined) await put(scriptUrl, upload);
  else serve(upload, toParent);
}

function serve({ isCounted, answer }: LargeUpload, toParent: (message: object) => void): void {
  let received = 0;
  const server = createServer((request, response) => {
    const counts = isCounted?.(request) ?? true;
    request.on("data", (chunk: Buffer) => {
      if (counts) received += chunk.length;
    });
    request.on("end", () => answer(request, response));
  });
  server.listen(0, "127.0.0.1", () => toParent({ address: server.address() }));
  process.on("message", () => toParent({ received }));
  process.on("disconnect", () => process.exit()); // also when the process that started it is killed
}

async function put(scriptUrl: string, { openStore }: LargeUpload): Promise<void> {
  const server = fork(fileURLToPath(scriptUrl));
  const [{ address }] = await once(server, "message");
  const { port } = address;
  const store = await openStore({ url: `http://127.0.0.1:${port}`, port });
  await store.put({ bucket: "b", key: "warm-up" }, new Uint8Array(1));
  const bytesAtServer = async () => {
    server.send("received?");
    const [{ received }] = await once(server, "message");
    return received;
  };
  const uploads: object[] = [];
  for (const isKnown of [true, false]) {
    const before = await bytesAtServer();
    const put = await measureLargePut(store, { mebibytes: MEBIBYTES, isKnown });
    uploads.push({ ...put, received: (await bytesAtServer()) - before });
  }
  server.disconnect();
  process.stdout.write(JSON.stringify(uploads));
}
