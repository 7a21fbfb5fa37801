import { afterAll, beforeAll, beforeEach } from "vitest";
import { type GcsServer, type GcsServerOptions, startGcsServer } from "./gcs-server.js";

interface Answered {
  readonly generation: string;
  readonly metageneration: string;
  readonly metadata: object;
  readonly cacheControl: string;
  readonly items?: readonly { readonly name: string }[];
  readonly nextPageToken?: string;
  readonly rewriteToken: string;
  readonly done: boolean;
  readonly totalBytesRewritten: string;
  readonly resource: { readonly contentType?: string; readonly metadata?: object };
  readonly error?: { readonly errors?: readonly { readonly reason: string }[] };
}

export interface Asked {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly json: Answered;
}

/** One server for a file, with a new bucket for each test. */
export function gcsUnderTest(options: GcsServerOptions) {
  let server: GcsServer;
  let count = 0;
  let bucket = "";
  beforeAll(async () => {
    server = await startGcsServer(options);
  });
  afterAll(() => server?.stop());
  beforeEach(async () => {
    count += 1;
    bucket = `bucket-${count}`;
    await server.createBucket(bucket);
  });

  async function ask(method: string, path: string, init: RequestInit = {}): Promise<Asked> {
    const url = path.startsWith("http") ? path : `${server.endpoint}${path}`;
    const response = await fetch(url, { method, ...init });
    const text = await response.text();
    const isJson = /json/.test(response.headers.get("content-type") ?? "");
    const { status, headers } = response;
    return { status, headers, text, json: isJson ? JSON.parse(text) : undefined };
  }
  const objectPath = (name: string) => `/storage/v1/b/${bucket}/o/${encodeURIComponent(name)}`;
  const insert = (name: string, body: string | Uint8Array<ArrayBuffer> = "body", query = "") =>
    ask(
      "POST",
      `/upload/storage/v1/b/${bucket}/o?uploadType=media&name=${encodeURIComponent(name)}${query}`,
      { body },
    );

  return { server: () => server, bucket: () => bucket, ask, insert, objectPath };
}

export function reasonOf({ status, json }: Asked): readonly [number, string | undefined] {
  return [status, json?.error?.errors?.[0]?.reason];
}
