import type { ObjectStore } from "@keywhen/core/store";
import {
  type Answer,
  type AnswerHandler,
  type AnsweringServer,
  startAnsweringServer,
} from "@keywhen/test-servers";
import type { Client, ClientOptions } from "minio";
import { onTestFinished } from "vitest";
import { minioStore } from "../minio-store.js";
import type { MinioStoreOptions } from "../options.js";
import { clientOf } from "./client-of.js";

/** A store whose server answers what the test says. */
export async function onWire(
  answer: AnswerHandler,
  clientOptions: Partial<ClientOptions> = {},
  options: Partial<MinioStoreOptions> = {},
): Promise<AnsweringServer & { readonly store: ObjectStore; readonly client: Client }> {
  const server = await startAnsweringServer(answer);
  onTestFinished(server.stop);
  const client = clientOf(server, clientOptions);
  return { ...server, store: minioStore({ client, ...options }), client };
}

export function xml(body: string): Answer {
  const head = '<?xml version="1.0" encoding="UTF-8"?>\n';
  return { headers: { "content-type": "application/xml" }, body: head + body };
}
