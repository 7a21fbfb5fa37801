import type { Scheduler } from "@keywhen/core";
import type { Context } from "hono";
import { notFound } from "../api-failure.js";
import { bodyCheck, check } from "../checks.js";

export interface OpenedBody {
  readonly stream: ReadableStream<Uint8Array>;
  readonly size: number;
  /** Gives the name of the file that a browser saves. */
  readonly key: string;
}

/** Sends the body of an event, or of a dead letter. */
export async function sendBodyOf(
  c: Context,
  source: Pick<Scheduler, "get" | "open">,
  id: string,
  what: string,
): Promise<Response> {
  const event = await source.get(id);
  const stream = event && (await source.open(id));
  if (stream === undefined) throw notFound(what);
  return sendBody(c, { stream, size: event?.size ?? 0, key: event?.to.key ?? "" });
}

/** Sends a body, or its first `bytes`, so that no browser shows or runs it. */
export function sendBody(c: Context, { stream, size, key }: OpenedBody): Response {
  const { bytes = size } = check(bodyCheck, c.req.query());
  const isCut = bytes < size;
  const headers = new Headers({
    "content-type": "application/octet-stream",
    "content-disposition": `attachment; filename*=UTF-8''${fileName(key)}`,
    "content-security-policy": "sandbox; default-src 'none'",
    "cache-control": "no-store",
    "content-length": String(isCut ? bytes : size),
    "x-keywhen-size": String(size),
  });
  if (isCut) headers.set("x-keywhen-cut", "true");
  if (c.req.method !== "HEAD")
    return new Response(isCut ? firstBytes(stream, bytes) : stream, { headers });
  void stream.cancel();
  return new Response(null, { headers });
}

/** Returns a safe file name. Other people chose the key, so it can contain anything. */
function fileName(key: string): string {
  const name = [...(key.split("/").at(-1) ?? "")].slice(0, 100).join("");
  const encoded = encodeURIComponent(/^\.*$/.test(name) ? "body" : name);
  return encoded.replace(/['()*]/g, (char) => `%${char.charCodeAt(0).toString(16)}`);
}

function firstBytes(stream: ReadableStream<Uint8Array>, bytes: number): ReadableStream<Uint8Array> {
  const reader = stream.getReader();
  let left = bytes;
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await reader.read();
      if (done) return controller.close();
      controller.enqueue(value.slice(0, left));
      left -= Math.min(left, value.length);
      if (left > 0) return;
      await reader.cancel();
      controller.close();
    },
    cancel: (reason) => reader.cancel(reason),
  });
}
