import { IncomingMessage } from "node:http";
import { Readable } from "node:stream";
import type { S3Client } from "@aws-sdk/client-s3";

/** An answer, its body read. */
export interface Answer {
  readonly status: number;
  readonly text: string;
  /** The same once more, for the SDK to read. */
  readonly again: () => object;
}

type Handler = S3Client["config"]["requestHandler"];
export type WireRequest = Parameters<Handler["handle"]>[0];
type WireResponse = Awaited<ReturnType<Handler["handle"]>>["response"];

/** The answer that a response is, its body read: at once if all of it has come, as it mostly has with its head. */
export function readAnswer(response: WireResponse): Answer | Promise<Answer> {
  const { body } = response;
  // Bodies of another kind are left to the SDK.
  if (!(body instanceof Readable)) {
    return { status: response.statusCode, text: "", again: () => response };
  }
  if (body instanceof IncomingMessage && body.complete) return answer(response, buffered(body));
  return bytesOf(body).then((bytes) => answer(response, bytes));
}

function answer(response: WireResponse, bytes: Buffer): Answer {
  return {
    status: response.statusCode,
    text: bytes.toString("utf8"),
    again: () => again(response, bytes),
  };
}

const NOTHING = Buffer.alloc(0);

function buffered(body: Readable): Buffer {
  const bytes: unknown = body.read();
  return bytes instanceof Buffer ? bytes : NOTHING;
}

function bytesOf(body: Readable): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    body.on("data", (chunk: Buffer) => chunks.push(chunk));
    body.on("end", () => resolve(Buffer.concat(chunks)));
    body.on("error", reject);
    body.on("close", () => {
      if (!body.readableEnded) reject(cutOff());
    });
  });
}

function again(response: WireResponse, bytes: Buffer): object {
  return Object.assign(response, { body: Readable.from(bytes.length === 0 ? [] : [bytes]) });
}

function cutOff(): Error {
  return Object.assign(new Error("the answer broke off"), { code: "ECONNRESET" });
}
