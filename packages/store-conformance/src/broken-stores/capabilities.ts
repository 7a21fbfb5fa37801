import type { StoreCapabilities } from "@keywhen/core/store";
import { type Break, declaring, type Faults } from "./fault.js";

export const capabilitiesFaults: Faults = {
  "deletes nothing at a time": declaring({ deleteBatchSize: 0 }),
  "deletes half keys": declaring({ deleteBatchSize: 1.5 }),
  "copies nothing": declaring({ singleCopyMaxBytes: 0 }),
  "has buckets whose names it can't have": declaring({
    limits: { keyBytes: 1_024, bucketCharacters: 3 },
  }),
  "leaves out how many keys it deletes at a time": lacking("deleteBatchSize"),
  "leaves out its limits": lacking("limits"),
  "leaves a capability out": lacking("putIfAbsent"),
  "learns later what it can do": (store) => {
    const capabilities = { ...store.capabilities };
    return {
      capabilities,
      head: (ref, call) => {
        capabilities.putIfVersion = false;
        return store.head(ref, call);
      },
    };
  },
};

function lacking(name: keyof StoreCapabilities): Break {
  return ({ capabilities }) => ({
    capabilities: JSON.parse(JSON.stringify({ ...capabilities, [name]: undefined })),
  });
}
