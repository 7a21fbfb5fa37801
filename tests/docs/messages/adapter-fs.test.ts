import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fsStore } from "@keywhen/adapter-fs";
import type { ObjectStore } from "@keywhen/core/store";
import { afterAll, beforeAll, describe } from "vitest";
import { CALL_FACTS, CALL_MESSAGES } from "./adapter-fs-calls.js";
import { expectMessages, type Facts, type Messages } from "./expect-messages.js";
import { messageTextsIn } from "./message-texts.js";

const BYTES = new Uint8Array(3);
const REF = { bucket: "out", key: "k" };

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

const MESSAGES: Messages = {
  "put out/k: there is no folder ⟦/data/out⟧: create it": saying(
    (store) => store.put(REF, BYTES),
    false,
  ),
  'head .git/k: the bucket ⟦".git"⟧ can\'t be a folder: its name must have 1 to 200 bytes, not begin with a dot, not end in a dot or space, and hold none of / \\ % : * ? " < > |':
    saying((store) => store.head({ bucket: ".git", key: "k" })),
  "put out/k: the body has ⟦3 bytes⟧, but size is 4: correct size, or leave it out": saying(
    (store) => store.put(REF, BYTES, { size: 4 }),
  ),
  "put out/k: the body has ⟦more than 2 bytes⟧, but size is 2: correct size, or leave it out":
    saying((store) => store.put(REF, streamOf(BYTES), { size: 2 })),
  "put out/k: the body's stream must give Uint8Array chunks (got ⟦a string⟧): convert them": saying(
    (store) => store.put(REF, streamOf("text")),
  ),
  "put ⟦out/k⟧: the body's stream failed: check what it reads from": saying((store) =>
    store.put(REF, new ReadableStream({ pull: () => Promise.reject(new Error("reset")) })),
  ),
};

const FACTS: Facts = {
  "the path shows what is in the way": {
    "put file/k: ⟦/data/file⟧ is a file, not a folder": saying((store) =>
      store.put({ bucket: "file", key: "k" }, BYTES),
    ),
  },
  "the caller has the key": {
    "head ⟦out/⟧: the key is empty": saying((store) => store.head({ bucket: "out", key: "" })),
    "head ⟦out/\u0000⟧: the key has a NUL character": saying((store) =>
      store.head({ bucket: "out", key: "\0" }),
    ),
    "head ⟦out/\ud800⟧: the key contains a lone surrogate (half of a character)": saying((store) =>
      store.head({ bucket: "out", key: "\ud800" }),
    ),
    [`head out/${"k".repeat(1_025)}: the key has 1025 bytes; the limit is 1024`]: saying((store) =>
      store.head({ bucket: "out", key: "k".repeat(1_025) }),
    ),
  },
};

/** adapter-options.test.ts has their messages. */
const OPTIONS = /\/(?:options|url)\.ts$/;

describe("messages of files", () => {
  expectMessages({
    messages: { ...MESSAGES, ...CALL_MESSAGES },
    facts: { ...FACTS, ...CALL_FACTS },
    texts: messageTextsIn(["packages/adapter-fs/src"], (file) => !OPTIONS.test(file)),
  });
});
