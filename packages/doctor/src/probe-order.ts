import type { Finding } from "@keywhen/core/store";
import { disorder } from "./check-listing.js";
import { type Examination, finding } from "./examination.js";

/** In byte order, which differs from other orders (of words, ignoring case, folders first). */
const NAMES = ["A~b", "Z", "a", "a!", "a/b", "a|b", "b"];

/** Writes keys in reverse order, then lists all of them, and from the middle. */
export function probeOrder(examination: Examination): Promise<Finding> {
  return finding("list order", async () => {
    const { store, call, home } = examination;
    const keys = NAMES.map((name) => examination.probe(`order/${name}`).key);
    for (const key of [...keys].reverse()) {
      await store.put({ bucket: home.bucket, key }, new Uint8Array(1), call);
    }
    const prefix = examination.probe("order/").key;
    const all = await store.list({ bucket: home.bucket, prefix }, call);
    const page = { bucket: home.bucket, prefix, startAfter: keys[2], limit: 2 };
    const middle = await store.list(page, call);
    const seen = { all: keysIn(all), middle: keysIn(middle) };
    if (seen.all !== keys.join() || seen.middle !== keys.slice(3, 5).join()) {
      return disorder(`lists ${seen.all}; after ${keys[2]}: ${seen.middle}`);
    }
    return { name: "list order", status: "ok", detail: "byte order, from any key" };
  });
}

function keysIn({ objects }: { readonly objects: readonly { readonly key: string }[] }): string {
  return objects.map(({ key }) => key).join();
}
