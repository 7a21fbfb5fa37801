import { S3Client } from "@aws-sdk/client-s3";
import { BlobServiceClient, StorageSharedKeyCredential } from "@azure/storage-blob";
import { Storage } from "@google-cloud/storage";
import { azureStore } from "@keywhen/adapter-azure";
import { gcsStore } from "@keywhen/adapter-gcs";
import { type S3StoreOptions, s3Store } from "@keywhen/adapter-s3";
import type { ObjectStore } from "@keywhen/core/store";
import { type Answer, type RecordedRequest, startAnsweringServer } from "@keywhen/test-servers";

export const REF = { bucket: "out", key: "k" };
export const TARGET = { bucket: "out", key: "copy" };
export const BYTES = new Uint8Array(3);
export const CREDENTIALS = { accessKeyId: "key", secretAccessKey: "secret" };

/** How a server answers each request. */
type AnswerOf = (request: RecordedRequest, index: number) => Answer;

export type Call = (store: ObjectStore) => Promise<unknown>;

export const put: Call = (store) => store.put(REF, BYTES);
export const copy: Call = (store) => store.copy(REF, TARGET);

export function s3At(endpoint: string, options: Partial<S3StoreOptions> = {}): ObjectStore {
  const client = new S3Client({
    endpoint,
    region: "eu-west-1",
    credentials: CREDENTIALS,
    forcePathStyle: true,
  });
  return s3Store({ client, service: "aws", fastLane: false, ...options });
}

/** What a call of a store says about a server's answer. */
export function answered(
  storeAt: (endpoint: string) => ObjectStore,
  call: Call,
  answer: Answer | AnswerOf,
) {
  return async () => {
    const server = await startAnsweringServer(typeof answer === "function" ? answer : () => answer);
    try {
      return await call(storeAt(server.endpoint));
    } finally {
      await server.stop();
    }
  };
}

export const s3 = (call: Call, answer: Answer | AnswerOf, options?: Partial<S3StoreOptions>) =>
  answered((endpoint) => s3At(endpoint, options), call, answer);

export function gcsAt(apiEndpoint: string): ObjectStore {
  return gcsStore({ client: new Storage({ apiEndpoint, projectId: "acme" }) });
}

export const gcsRefused = (call: Call, status: number, reason: string) =>
  answered(gcsAt, call, {
    status,
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ error: { code: status, message: "No.", errors: [{ reason }] } }),
  });

export function azureAt(endpoint: string): ObjectStore {
  const credential = new StorageSharedKeyCredential("acme", "a2V5");
  return azureStore({ client: new BlobServiceClient(`${endpoint}/acme`, credential) });
}

export const azureRefused = (call: Call, status: number, code: string, source?: string) =>
  answered(azureAt, call, {
    status,
    headers: {
      "x-ms-error-code": code,
      "x-ms-request-id": "1",
      "content-type": "application/xml",
      ...(source === undefined ? {} : { "x-ms-copy-source-error-code": source }),
    },
    body: `<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code><Message>No.</Message></Error>`,
  });
