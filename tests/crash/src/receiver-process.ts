// A receiver of webhooks in a separate process, started by `startReceiver()` with its job as the argument. It verifies each webhook
// with the library of Standard Webhooks, writes it down before it answers, and ends when the process that started it has ended.
import { createHash } from "node:crypto";
import { once } from "node:events";
import { appendFileSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { Webhook } from "standardwebhooks";
import type { ReceivedLine, ReceiverJob } from "./receiver-child.js";

/** Long enough that each kill meets webhooks that have no answer yet. */
const LONGEST_WORK_MS = 40;

process.on("disconnect", () => process.exit(0));
const { port, secret, file }: ReceiverJob = JSON.parse(process.argv[2] ?? "");
const webhook = new Webhook(secret);
let count = 0;

const server = createServer(async (request, response) => {
  const body = await bodyOf(request).catch(() => undefined);
  if (body === undefined) return; // its sweeper was killed
  const { headers } = request;
  const number = count++;
  const isSigned = isVerified(body, headers);
  write({
    ...{ type: "received", number, isSigned, atMs: Date.now() },
    id: String(headers["webhook-id"]),
    key: decodeURIComponent(String(headers["ce-subject"])),
    sweeper: String(headers["x-sweeper"]),
    sha256: createHash("sha256").update(body).digest("hex"),
  });
  await sleep(Math.random() * LONGEST_WORK_MS);
  response.writeHead(isSigned ? 204 : 401).end(() => {
    write({ type: "answered", number, atMs: Date.now() });
  });
});
server.listen(port, "127.0.0.1");
await once(server, "listening");
process.send?.("ready");

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function isVerified(body: Buffer, headers: IncomingMessage["headers"]): boolean {
  try {
    webhook.verify(body, headers as Record<string, string>, { jsonParse: false });
    return true;
  } catch {
    return false;
  }
}

/** What was written survives a SIGKILL. The message is only for the other process, so that its writer goes on. */
function write(line: ReceivedLine): void {
  appendFileSync(file, `${JSON.stringify(line)}\n`);
  if (line.type === "received") process.send?.(line.key);
}
