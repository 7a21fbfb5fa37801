import { deleteAnswer } from "@keywhen/core/internal";
import type { Finding } from "@keywhen/core/store";
import { type Examination, finding } from "./examination.js";

/** Removes all that the probes wrote; a caller's abort doesn't stop it. */
export function cleanUp({ store, home, probed }: Examination): Promise<Finding> {
  const name = "clean-up";
  return finding(name, async () => {
    const { deleteBatchSize } = store.capabilities;
    for (let at = 0; at < probed.length; at += deleteBatchSize) {
      const keys = probed.slice(at, at + deleteBatchSize);
      const results = await store.delete(home.bucket, keys);
      for (const [index, key] of keys.entries()) {
        const answer = deleteAnswer(results, index, { bucket: home.bucket, key });
        if (answer.outcome === "failed") throw answer.error;
      }
    }
    return { name, status: "ok", detail: `nothing of it is left under ${home.root}/probe/` };
  });
}
