import { type GcsAnswer, json } from "./gcs-answer.js";
import type { GcsBuckets } from "./gcs-buckets.js";
import { objectResource } from "./gcs-object.js";
import type { GcsRequest } from "./gcs-request.js";
import { selectFields } from "./select-fields.js";

const PAGE_OBJECTS = 1_000;

/** Objects: list. `startOffset` is inclusive; a page token stands for the last name given. */
export function listObjects(buckets: GcsBuckets, bucket: string, request: GcsRequest): GcsAnswer {
  const { query } = request;
  const from = Buffer.from(query.get("startOffset") ?? "");
  const after = Buffer.from(query.get("pageToken") ?? "", "base64");
  const asked = Number(query.get("maxResults") ?? PAGE_OBJECTS);
  const limit = Math.min(Number.isSafeInteger(asked) && asked > 0 ? asked : 1, PAGE_OBJECTS);
  const found = buckets.list(bucket).filter(({ name }) => {
    const bytes = Buffer.from(name);
    if (!name.startsWith(query.get("prefix") ?? "")) return false;
    return Buffer.compare(bytes, from) >= 0 && Buffer.compare(bytes, after) > 0;
  });
  const items = found.slice(0, limit);
  const last = items.at(-1)?.name ?? "";
  const page = {
    kind: "storage#objects",
    ...(items.length === 0 ? {} : { items: items.map(objectResource) }),
    ...(found.length > limit ? { nextPageToken: Buffer.from(last).toString("base64") } : {}),
  };
  return json(selectFields(page, query.get("fields") ?? undefined));
}
