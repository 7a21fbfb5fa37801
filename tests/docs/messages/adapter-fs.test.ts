import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fsStore } from "@keywhen/adapter-fs";
import type { ObjectStore } from "@keywhen/core/store";
import { afterAll, beforeAll, describe } from "vitest";
import { expectComplete, expectMessages, type MessageRow } from "./expect-messages.js";
import { messageTextsIn } from "./message-texts.js";

const BYTES = new Uint8Array(3);
const REF = { bucket: "out", key: "k" };
const NAMED = "the caller has the key";

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "messages-"));
  await writeFile(join(folder, "file"), "");
});

afterAll(() => rm(folder, { recursive: true }));

/** The message of a call, with the folder's path replaced. */
function saying(call: (store: ObjectStore) => Promise<unknown>, createBuckets = true) {
  return async () => {
    try {
      return await call(fsStore({ folder, createBuckets }));
    } catch (error) {
      return String(error instanceof Error ? error.message : error).replaceAll(folder, "/data");
    }
  };
}

function streamOf(...chunks: readonly unknown[]): ReadableStream<Uint8Array> {
  return new ReadableStream<never>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk as never);
      controller.close();
    },
  });
}

const ROWS: readonly MessageRow[] = [
  {
    what: "a bucket that is missing",
    cause: saying((store) => store.put(REF, BYTES), false),
    received: "/data/out",
    message: "put out/k: there is no folder /data/out: create it",
  },
  {
    what: "a bucket that is a file",
    cause: saying((store) => store.put({ bucket: "file", key: "k" }, BYTES)),
    received: "/data/file",
    message: "put file/k: /data/file is a file, not a folder",
    noAction: "the path shows what is in the way",
  },
  {
    what: "a bucket that is hidden",
    cause: saying((store) => store.head({ bucket: ".git", key: "k" })),
    received: '".git"',
    message:
      'head .git/k: the bucket ".git" can\'t be a folder: its name must have 1 to 200 bytes, not begin with a dot, not end in a dot or space, and hold none of / \\ % : * ? " < > |',
  },
  {
    what: "an empty key",
    cause: saying((store) => store.head({ bucket: "out", key: "" })),
    message: "head out/: the key is empty",
    noAction: NAMED,
  },
  {
    what: "a key with a NUL character",
    cause: saying((store) => store.head({ bucket: "out", key: "\0" })),
    message: "head out/\u0000: the key has a NUL character",
    noAction: NAMED,
  },
  {
    what: "a key with half a character",
    cause: saying((store) => store.head({ bucket: "out", key: "\ud800" })),
    message: "head out/\ud800: the key contains a lone surrogate (half of a character)",
    noAction: NAMED,
  },
  {
    what: "a key that is too long",
    cause: saying((store) => store.head({ bucket: "out", key: "k".repeat(1_025) })),
    received: "1025",
    message: `head out/${"k".repeat(1_025)}: the key has 1025 bytes; the limit is 1024`,
    noAction: NAMED,
  },
  {
    what: "a body of another size",
    cause: saying((store) => store.put(REF, BYTES, { size: 4 })),
    received: "3 bytes",
    message: "put out/k: the body has 3 bytes, but size is 4: correct size, or leave it out",
  },
  {
    what: "a stream that is too long",
    cause: saying((store) => store.put(REF, streamOf(BYTES), { size: 2 })),
    received: "more than 2 bytes",
    message:
      "put out/k: the body has more than 2 bytes, but size is 2: correct size, or leave it out",
  },
  {
    what: "a stream of text",
    cause: saying((store) => store.put(REF, streamOf("text"))),
    received: "a string",
    message:
      "put out/k: the body's stream must give Uint8Array chunks (got a string): convert them",
  },
  {
    what: "a stream that fails",
    cause: saying((store) =>
      store.put(REF, new ReadableStream({ pull: () => Promise.reject(new Error("reset")) })),
    ),
    message: "put out/k: the body's stream failed: check what it reads from",
  },
];

describe("messages of files", () => {
  expectMessages(ROWS);
  expectComplete(
    messageTextsIn("packages/adapter-fs/src", (file) =>
      ["place.ts", "stage-body.ts"].includes(file),
    ),
    ROWS,
  );
});
