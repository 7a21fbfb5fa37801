import type { BlobServiceClient, StoragePipelineOptions } from "@azure/storage-blob";
import type { ObjectStore } from "@keywhen/core/store";
import {
  type Answer,
  type AnswerHandler,
  type AnsweringServer,
  type SpokenAnswer,
  startAnsweringServer,
} from "@keywhen/test-servers";
import { onTestFinished } from "vitest";
import { azureStore } from "../azure-store.js";
import type { AzureStoreOptions } from "../options.js";
import { clientOf } from "./client-of.js";

interface OnWire extends AnsweringServer {
  readonly store: ObjectStore;
  readonly client: BlobServiceClient;
}

interface Setting {
  readonly pipeline?: StoragePipelineOptions;
  readonly options?: Partial<AzureStoreOptions>;
  readonly makeClient?: (endpoint: string) => BlobServiceClient;
}

/** A store whose server gives the answers of the test. */
export async function onWire(
  answer: AnswerHandler,
  { pipeline, options, makeClient }: Setting = {},
): Promise<OnWire> {
  const server = await startAnsweringServer(async (request, index) =>
    named(await answer(request, index)),
  );
  onTestFinished(server.stop);
  const client = makeClient?.(server.endpoint) ?? clientOf(server, pipeline);
  return { ...server, store: azureStore({ client, ...options }), client };
}

/** Each of Azure's answers has a request id. An answer of the test with `x-ms-request-id: ""` has none. */
function named(answer: Answer): Answer {
  if (answer === "reset") return answer;
  return { ...answer, headers: { "x-ms-request-id": "R1", ...answer.headers } };
}

/** An Azure error as it goes over the wire. */
export function azureError(status: number, code: string, headers = {}): SpokenAnswer {
  return {
    status,
    headers: { "content-type": "application/xml", "x-ms-error-code": code, ...headers },
    body: `<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code><Message>Said ${code}.\nRequestId:1\nTime:2026-11-24T00:00:00Z</Message></Error>`,
  };
}
