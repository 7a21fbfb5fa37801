import type { ObjectStore } from "@keywhen/core/store";
import { type Answer, type RecordedRequest, startAnsweringServer } from "@keywhen/test-servers";
import type { Client, ClientOptions } from "minio";
import { onTestFinished } from "vitest";
import { minioStore } from "../minio-store.js";
import type { MinioStoreOptions } from "../options.js";
import { clientOf } from "./client-of.js";

export interface OnWire {
  readonly store: ObjectStore;
  readonly client: Client;
  readonly requests: readonly RecordedRequest[];
  /** The requests as `METHOD /path?query`. */
  readonly asked: () => string[];
  readonly connections: () => Promise<number>;
}

/** A store whose server answers what the test says. */
export async function onWire(
  answer: (request: RecordedRequest, index: number) => Answer | Promise<Answer>,
  clientOptions: Partial<ClientOptions> = {},
  options: Partial<MinioStoreOptions> = {},
): Promise<OnWire> {
  const server = await startAnsweringServer(answer);
  onTestFinished(() => server.stop());
  const client = clientOf(server, clientOptions);
  const asked = () => server.requests.map(({ method, url }) => `${method} ${url}`);
  const { requests, connections } = server;
  return { store: minioStore({ client, ...options }), client, requests, asked, connections };
}

export function xml(body: string): Answer {
  const head = '<?xml version="1.0" encoding="UTF-8"?>\n';
  return { headers: { "content-type": "application/xml" }, body: head + body };
}
