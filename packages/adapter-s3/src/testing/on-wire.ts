import type { S3Client, S3ClientConfig } from "@aws-sdk/client-s3";
import type { ObjectStore } from "@keywhen/core/store";
import {
  type Answer,
  type RecordedRequest,
  type SpokenAnswer,
  startAnsweringServer,
} from "@keywhen/test-servers";
import { onTestFinished } from "vitest";
import type { S3StoreOptions } from "../options.js";
import { s3Store } from "../s3-store.js";
import { clientOf } from "./client-of.js";

export interface OnWire {
  readonly store: ObjectStore;
  readonly client: S3Client;
  readonly requests: readonly RecordedRequest[];
  /** The requests as `METHOD /path?query`, without the SDK's `x-id`. */
  readonly asked: () => string[];
  readonly connections: () => Promise<number>;
}

/** The two ways of requests: past the SDK's middleware, and through it. */
export const LANES = [
  { lane: "fast lane", fastLane: true },
  { lane: "SDK", fastLane: false },
] as const;

/** The fast lane names itself in the header that all clients have. */
export function isByFastLane(headers: Readonly<Record<string, string | undefined>>): boolean {
  return headers["user-agent"]?.endsWith("fast-lane") === true;
}

/** `onWire` for one of the lanes; the fast one has learned already where `here` and `away` are. */
export function onWireBy(fastLane: boolean): typeof onWire {
  return (answer, config, options) => onWire(answer, config, { fastLane, ...options });
}

/** A store whose server answers what the test says. */
export async function onWire(
  answer: (request: RecordedRequest, index: number) => Answer | Promise<Answer>,
  config: S3ClientConfig = {},
  options: Partial<S3StoreOptions> = { fastLane: false },
): Promise<OnWire> {
  let count = 0;
  let isWarm = false;
  const server = await startAnsweringServer((request) => {
    if (!isWarm) return EMPTY_LIST;
    count += 1;
    return answer(request, count - 1);
  });
  const client = clientOf(server, config);
  onTestFinished(async () => {
    client.destroy();
    await server.stop();
  });
  const asked = () =>
    server.requests.map(({ method, url }) => `${method} ${url.replace(/[?&]x-id=\w+/, "")}`);
  const { requests, connections } = server;
  const store = s3Store({ client, service: "aws", ...options });
  const { credentials, endpoint, region } = config;
  const canLearn = [credentials, endpoint, region].every((own) => own === undefined);
  if (options.fastLane !== false && canLearn) {
    for (const bucket of ["here", "away"]) await store.list({ bucket });
    server.forgetRequests();
  }
  isWarm = true;
  return {
    store,
    client,
    requests,
    asked,
    connections,
  };
}

const EMPTY_LIST = xml("<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>");

export function xml(body: string): SpokenAnswer {
  const head = '<?xml version="1.0" encoding="UTF-8"?>';
  return { headers: { "content-type": "application/xml" }, body: head + body };
}
