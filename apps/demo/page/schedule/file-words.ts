import { LARGEST_BODY_BYTES } from "../../src/api/events.js";
import { bytes } from "../format/count.js";

/** The size of a file, and what to do if the page does not take one so large. */
export function fileWords(sizeBytes: number): string {
  if (sizeBytes <= LARGEST_BODY_BYTES) return bytes(sizeBytes);
  return `${bytes(sizeBytes)}; the page takes at most ${bytes(LARGEST_BODY_BYTES)}: use keywhen schedule --file`;
}
