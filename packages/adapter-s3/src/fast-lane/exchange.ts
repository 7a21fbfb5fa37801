import { Readable } from "node:stream";
import type { S3Client } from "@aws-sdk/client-s3";

/** An answer, its body read. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
  /** The same once more, for the SDK to read. */
  readonly again: () => object;
}

type Handler = S3Client["config"]["requestHandler"];
export type WireRequest = Parameters<Handler["handle"]>[0];
type WireResponse = Awaited<ReturnType<Handler["handle"]>>["response"];

/** Sends a request once through the client's own handler. `onHead` is told as soon as the answer begins. */
export async function exchange(
  handler: Handler,
  request: WireRequest,
  signal: AbortSignal | undefined,
  onHead: (status: number, headers: Answer["headers"]) => void,
): Promise<Answer> {
  const options = signal === undefined ? {} : { abortSignal: signal };
  const { response } = await handler.handle(request, options);
  const { statusCode: status, headers } = response;
  onHead(status, headers);
  // Bodies of another kind are left to the SDK.
  if (!(response.body instanceof Readable))
    return { status, headers, text: "", again: () => response };
  const bytes = await bytesOf(response.body);
  return { status, headers, text: bytes.toString("utf8"), again: () => again(response, bytes) };
}

function again(response: WireResponse, bytes: Buffer): object {
  return Object.assign(response, { body: Readable.from(bytes.length === 0 ? [] : [bytes]) });
}

function bytesOf(body: Readable): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    body.on("data", (chunk: Buffer) => chunks.push(chunk));
    body.on("end", () => {
      const [only] = chunks;
      resolve(chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks));
    });
    body.on("error", reject);
    body.on("close", () => {
      if (!body.readableEnded) reject(cutOff());
    });
  });
}

function cutOff(): Error {
  return Object.assign(new Error("the answer broke off"), { code: "ECONNRESET" });
}
