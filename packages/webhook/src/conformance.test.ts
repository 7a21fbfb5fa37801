import { randomBytes } from "node:crypto";
import type { ServerResponse } from "node:http";
import { describe, it } from "vitest";
import {
  type OpenedDestination,
  proveDestination,
  type ReceivedEvent,
  type ReceiverAnswer,
} from "../../store-conformance/src/destination.js";
import { type ReceivedWebhook, startReceiver } from "./testing/receiver-server.js";
import { webhook } from "./webhook.js";

const META = "keywhen-meta-";

/** What a receiver reads of a webhook. */
function readWebhook({ headers, body }: ReceivedWebhook): ReceivedEvent {
  const metadata = Object.entries(headers)
    .filter(([name]) => name.startsWith(META))
    .map(([name, value]) => [name.slice(META.length), String(value)]);
  return {
    body: new Uint8Array(body),
    key: decodeURIComponent(String(headers["ce-subject"])),
    deliveryId: String(headers["webhook-id"]),
    contentType: headers["content-type"],
    metadata: Object.fromEntries(metadata),
  };
}

async function openWebhook(): Promise<OpenedDestination> {
  let how: ReceiverAnswer = "take";
  const taken: ReceivedEvent[] = [];
  const answers: Record<ReceiverAnswer, (response: ServerResponse) => void> = {
    take: (response) => response.end(),
    fail: (response) => response.writeHead(500).end(),
    reject: (response) => response.writeHead(410).end(),
    "slow-down": (response) => response.writeHead(429, { "retry-after": "60" }).end(),
    never: () => {},
  };
  const receiver = await startReceiver((response, received) => {
    if (how === "take") taken.push(readWebhook(received));
    answers[how](response);
  });
  return {
    destination: webhook({ url: receiver.url, secret: randomBytes(32).toString("base64") }),
    answer: (next) => {
      how = next;
    },
    received: () => taken,
    close: async () => receiver[Symbol.asyncDispose](),
  };
}

proveDestination({ describe, it, name: "the destination of webhook()", open: openWebhook });
