import { type Examination, finding } from "./examination.js";
import type { Finding } from "./finding.js";

/** Removes all that the probes wrote; a caller's abort doesn't stop it. */
export function cleanUp({ store, home, probed }: Examination): Promise<Finding> {
  const name = "clean-up";
  return finding(name, async () => {
    const { deleteBatchSize } = store.capabilities;
    for (let at = 0; at < probed.length; at += deleteBatchSize) {
      const keys = probed.slice(at, at + deleteBatchSize);
      for (const result of await store.delete(home.bucket, keys)) {
        if (result.outcome === "failed") throw result.error;
      }
    }
    return { name, status: "ok", detail: `nothing of it is left under ${home.root}/probe/` };
  });
}
