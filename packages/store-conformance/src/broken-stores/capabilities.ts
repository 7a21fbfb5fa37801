import type { StoreCapabilities } from "@keywhen/core/store";
import type { Fault } from "./fault.js";

export const capabilitiesFaults: readonly Fault[] = [
  { fault: "deletes nothing at a time", breaks: declaring({ deleteBatchSize: 0 }) },
  { fault: "deletes half keys", breaks: declaring({ deleteBatchSize: 1.5 }) },
  { fault: "copies nothing", breaks: declaring({ singleCopyMaxBytes: 0 }) },
  {
    fault: "has buckets whose names it can't have",
    breaks: declaring({ limits: { keyBytes: 1_024, bucketCharacters: 3 } }),
  },
  {
    fault: "leaves out how many keys it deletes at a time",
    breaks: ({ capabilities: { deleteBatchSize: _, ...rest } }) => ({
      capabilities: JSON.parse(JSON.stringify(rest)),
    }),
  },
  {
    fault: "leaves out its limits",
    breaks: ({ capabilities: { limits: _, ...rest } }) => ({
      capabilities: JSON.parse(JSON.stringify(rest)),
    }),
  },
  {
    fault: "leaves a capability out",
    breaks: ({ capabilities: { putIfAbsent: _, ...rest } }) => ({
      capabilities: JSON.parse(JSON.stringify(rest)),
    }),
  },
  {
    fault: "finds out by and by what it can do",
    breaks: (store) => {
      const capabilities = { ...store.capabilities };
      return {
        capabilities,
        head: (ref, call) => {
          capabilities.putIfVersion = false;
          return store.head(ref, call);
        },
      };
    },
  },
];

function declaring(declared: Partial<StoreCapabilities>): Fault["breaks"] {
  return ({ capabilities }) => ({ capabilities: { ...capabilities, ...declared } });
}
