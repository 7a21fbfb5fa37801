import { memoryStore } from "@keywhen/core/testing";
import type { Facts, Messages } from "./expect-messages.js";

const ref = { bucket: "b", key: "k" };
const bytes = new Uint8Array(3);
const broken = () => new ReadableStream({ pull: () => Promise.reject(new Error("reset")) });

const memory = memoryStore({ buckets: ["b"] });
const limited = memoryStore({
  capabilities: { limits: { keyBytes: 10, bucketCharacters: 63, keySegmentCharacters: 5 } },
});

export const MEMORY: Messages = {
  "put ⟦c/k⟧: the bucket does not exist: add it to the option buckets of memoryStore()": () =>
    memory.put({ bucket: "c", key: "k" }, bytes),
  "delete b: ⟦1001⟧ keys in one call; the limit is 1000: split them": () =>
    memory.delete("b", Array.from({ length: 1_001 }, String)),
  "put b/k: the body has ⟦3⟧ bytes, but size is 4: correct size, or leave it out": () =>
    memory.put(ref, bytes, { size: 4 }),
  "put ⟦b/k⟧: the body's stream failed: check what it reads from": () => memory.put(ref, broken()),
};

export const MEMORY_FACTS: Facts = {
  "a store's answer shows a fact; the caller has the key": {
    "head /k: the bucket's name has ⟦0 characters⟧; 1 to 63 are allowed": () =>
      memory.head({ bucket: "", key: "k" }),
    "head ⟦b/⟧: the key is empty": () => memory.head({ bucket: "b", key: "" }),
    "head ⟦b/\ud800⟧: the key contains a lone surrogate (half of a character)": () =>
      memory.head({ bucket: "b", key: "\ud800" }),
    "head b/12345678901: the key has ⟦11⟧ bytes; the limit is 10": () =>
      limited.head({ bucket: "b", key: "12345678901" }),
    "head b/123456: a part of the key has ⟦6⟧ characters; the limit is 5": () =>
      limited.head({ bucket: "b", key: "123456" }),
  },
  "the test switched it off": {
    'put b/k: the condition "⟦absent⟧" is switched off in the capabilities of this memoryStore()':
      () =>
        memoryStore({ capabilities: { putIfAbsent: false } }).put(ref, bytes, {
          condition: { if: "absent" },
        }),
  },
};
