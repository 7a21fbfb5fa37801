import { ObjectStoreError } from "@keywhen/core/store";
import type { Fault } from "./fault.js";

export const namesFaults: readonly Fault[] = [
  {
    fault: "reports a problem of names that it can hold",
    breaks: () => ({
      nameProblem: ({ key }) => (key.includes("%") ? "a percent sign" : undefined),
    }),
  },
  {
    fault: "holds a key of which it reports a problem",
    breaks: ({ nameProblem }) => ({
      nameProblem: (ref) => (ref.key.includes("\0") ? "a NUL" : nameProblem?.(ref)),
    }),
  },
  {
    fault: "refuses a key of which it reports no problem",
    breaks: (store) => ({
      put: async (ref, body, options) => {
        if (!ref.key.includes("\0")) return store.put(ref, body, options);
        const message = "the key contains a NUL character";
        throw new ObjectStoreError({ ...ref, code: "invalid-key", operation: "put", message });
      },
    }),
  },
  {
    fault: "reports no problem of names over its limits",
    breaks: () => ({ nameProblem: () => undefined }),
  },
  {
    fault: "words a problem as a sentence",
    breaks: ({ nameProblem }) => ({
      nameProblem: (ref) => {
        const problem = nameProblem?.(ref);
        return problem && `${problem}.\n`;
      },
    }),
  },
];
