import { IncomingMessage } from "node:http";
import { Readable } from "node:stream";

export interface ReadAnswer {
  readonly status: number;
  readonly text: string;
  readonly again: () => object;
}

export interface ResponseHead {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body?: unknown;
}

/** Synchronously if all of it came with its head, as it usually does. */
export function readAnswer(head: ResponseHead): ReadAnswer | Promise<ReadAnswer> {
  const { body } = head;
  if (body instanceof IncomingMessage && body.complete) return answer(head, buffered(body));
  if (body instanceof Readable) return bytesOf(body).then((bytes) => answer(head, bytes));
  // What handlers made on `fetch` give.
  if (body instanceof ReadableStream || body instanceof Blob) return ofFetch(head, body);
  return { status: head.statusCode, text: "", again: () => head };
}

function answer(head: ResponseHead, bytes: Buffer): ReadAnswer {
  return {
    status: head.statusCode,
    text: bytes.toString("utf8"),
    again: () => withBody(head, Readable.from(bytes.length === 0 ? [] : [bytes])),
  };
}

async function ofFetch(head: ResponseHead, body: ReadableStream | Blob): Promise<ReadAnswer> {
  const blob = await new Response(body).blob();
  const again = () => withBody(head, body instanceof Blob ? blob : blob.stream());
  return { status: head.statusCode, text: await blob.text(), again };
}

/** The SDK recognizes an answer by its class. */
function withBody(head: ResponseHead, body: unknown): object {
  return Object.assign(Object.create(Object.getPrototypeOf(head)), head, { body });
}

const NOTHING = Buffer.alloc(0);

function buffered(body: Readable): Buffer {
  const bytes: unknown = body.read();
  return bytes instanceof Buffer ? bytes : NOTHING;
}

async function bytesOf(body: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks);
}
