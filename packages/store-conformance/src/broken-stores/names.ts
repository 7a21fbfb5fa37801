import { ObjectStoreError } from "@keywhen/core/store";
import { type Faults, putting } from "./fault.js";

export const namesFaults: Faults = {
  "reports a problem of names that it can hold": () => ({
    nameProblem: ({ key }) => (key.includes("%") ? "a percent sign" : undefined),
  }),
  "holds a key whose name it reports as a problem": ({ nameProblem }) => ({
    nameProblem: (ref) => (ref.key.includes("\0") ? "a NUL" : nameProblem?.(ref)),
  }),
  "refuses a key whose name it reports as no problem": putting(
    async (store, ref, body, options) => {
      if (!ref.key.includes("\0")) return store.put(ref, body, options);
      const message = "the key contains a NUL character";
      throw new ObjectStoreError({ ...ref, code: "invalid-key", operation: "put", message });
    },
  ),
  "reports no problem of names over its limits": () => ({ nameProblem: () => undefined }),
  "words a problem as a sentence": ({ nameProblem }) => ({
    nameProblem: (ref) => {
      const problem = nameProblem?.(ref);
      return problem && `${problem}.\n`;
    },
  }),
};
