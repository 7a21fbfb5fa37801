import assert from "node:assert/strict";
import type { ObjectRef, ObjectStore } from "@keywhen/core/store";

export function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

const PERIOD = Uint8Array.from({ length: 251 }, (_, index) => index);

/** Bytes that repeat only after 251, so that lost and swapped pieces show. */
export function manyBytes(length: number): Uint8Array {
  return new Uint8Array(Buffer.alloc(length, PERIOD));
}

/** Gives one chunk at a time, only when asked, and reuses its memory for the next one, as streams may. */
export function streamOf(
  chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): ReadableStream<Uint8Array> {
  const source = (async function* () {
    yield* chunks;
  })();
  let memory = new Uint8Array();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const next = await source.next();
        if (next.done) return controller.close();
        if (memory.length < next.value.length) memory = new Uint8Array(next.value.length);
        memory.set(next.value);
        controller.enqueue(memory.subarray(0, next.value.length));
      },
    },
    { highWaterMark: 0 },
  );
}

export function inChunks(bytes: Uint8Array, length: number): Uint8Array[] {
  return Array.from({ length: Math.ceil(bytes.length / length) }, (_, index) =>
    bytes.subarray(index * length, (index + 1) * length),
  );
}

export async function bytesAt(store: ObjectStore, ref: ObjectRef): Promise<Uint8Array | undefined> {
  const opened = await store.get(ref);
  return opened && readAll(opened.body);
}

export async function textAt(store: ObjectStore, ref: ObjectRef): Promise<string | undefined> {
  const bytes = await bytesAt(store, ref);
  return bytes && new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
}

/** Says where the bytes differ, without printing a megabyte. */
export function proveSame(actual: Uint8Array | undefined, expected: Uint8Array): void {
  assert.ok(actual, "there is no object");
  if (Buffer.from(actual).equals(expected)) return;
  const at = expected.findIndex((byte, index) => actual[index] !== byte);
  const where = at === -1 ? "the body is too long" : `byte ${at} differs or is missing`;
  assert.fail(`${where}: ${actual.length} bytes instead of ${expected.length}`);
}

async function readAll(body: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return new Uint8Array(Buffer.concat(chunks));
}
