import { type ObjectStore, type StoreRequest, wrapStore } from "@keywhen/core/store";
import { showBytes } from "./show-size.js";

/** A store that tells of each request once it is answered: `put bucket/key  13 B  41 ms`. */
export function watchedStore(store: ObjectStore, tell: (line: string) => void): ObjectStore {
  return wrapStore(store, async (request, call, send) => {
    const startedMs = performance.now();
    const tellEnd = (end: string) =>
      tell(`${showRequest(request)}  ${Math.round(performance.now() - startedMs)} ms${end}`);
    try {
      const answer = await send(call);
      tellEnd("");
      return answer;
    } catch (error) {
      tellEnd(`  ${error instanceof Error ? error.message : String(error)}`);
      throw error;
    }
  });
}

function showRequest({ kind, bucket, key, sizeBytes }: StoreRequest): string {
  const place = key === undefined ? bucket : `${bucket}/${key}`;
  return sizeBytes === undefined ? `${kind} ${place}` : `${kind} ${place}  ${showBytes(sizeBytes)}`;
}
