import type { RequestOptions } from "@keywhen/core/store";
import {
  copying,
  deleting,
  type Faults,
  getting,
  given,
  heading,
  listing,
  putting,
} from "./fault.js";

export const cancellationFaults: Faults = {
  "puts in spite of an abort": putting((store, ref, body, options) =>
    store.put(ref, body, deaf(options)),
  ),
  "reads in spite of an abort": getting((store, ref, call) => store.get(ref, deaf(call))),
  "lists in spite of an abort": listing((store, page, call) => store.list(page, deaf(call))),
  "copies in spite of an abort": copying((store, source, target, options) =>
    store.copy(source, target, deaf(options)),
  ),
  "deletes in spite of an abort": deleting((store, bucket, keys, call) =>
    store.delete(bucket, keys, deaf(call)),
  ),
  "moves in spite of an abort": given({ move: true }, (store) => ({
    move: async (source, target, options) =>
      (await store.move?.(source, target, deaf(options))) ?? { outcome: "source-gone" },
  })),
  "writes first and looks for the abort then": putting(async (store, ref, body, options) => {
    if (body instanceof Uint8Array) await store.put(ref, body, deaf(options));
    return store.put(ref, body, options);
  }),
  "throws the signal's reason itself": heading(async (store, ref, call) => {
    call?.signal?.throwIfAborted();
    return store.head(ref, call);
  }),
};

function deaf<Options extends RequestOptions>(options: Options | undefined): Options | undefined {
  return options && { ...options, signal: undefined };
}
