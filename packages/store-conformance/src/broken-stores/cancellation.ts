import type { RequestOptions } from "@keywhen/core/store";
import type { Fault } from "./fault.js";

export const cancellationFaults: readonly Fault[] = [
  {
    fault: "puts in spite of an abort",
    breaks: (store) => ({
      put: (ref, body, options) => store.put(ref, body, deaf(options)),
    }),
  },
  {
    fault: "reads in spite of an abort",
    breaks: (store) => ({ get: (ref, call) => store.get(ref, deaf(call)) }),
  },
  {
    fault: "lists in spite of an abort",
    breaks: (store) => ({ list: (page, call) => store.list(page, deaf(call)) }),
  },
  {
    fault: "copies in spite of an abort",
    breaks: (store) => ({
      copy: (source, target, options) => store.copy(source, target, deaf(options)),
    }),
  },
  {
    fault: "deletes in spite of an abort",
    breaks: (store) => ({ delete: (bucket, keys, call) => store.delete(bucket, keys, deaf(call)) }),
  },
  {
    fault: "moves in spite of an abort",
    options: { move: true },
    breaks: (store) => ({
      move: async (source, target, options) =>
        (await store.move?.(source, target, deaf(options))) ?? { outcome: "source-gone" },
    }),
  },
  {
    fault: "writes first and looks for the abort then",
    breaks: (store) => ({
      put: async (ref, body, options) => {
        if (body instanceof Uint8Array) await store.put(ref, body, deaf(options));
        return store.put(ref, body, options);
      },
    }),
  },
  {
    fault: "throws the signal's reason itself",
    breaks: (store) => ({
      head: async (ref, call) => {
        call?.signal?.throwIfAborted();
        return store.head(ref, call);
      },
    }),
  },
];

function deaf<Options extends RequestOptions>(options: Options | undefined): Options | undefined {
  return options && { ...options, signal: undefined };
}
