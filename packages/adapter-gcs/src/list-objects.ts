import { checkBucket, checkPageStart, impossibleEntry, PAGE_OBJECTS } from "@keywhen/adapter-kit";
import type { ListedObject, ListPage, ListRequest, RequestOptions } from "@keywhen/core/store";
import { apiUrl, bucketPath, checkText, type GcsConnection } from "./gcs-connection.js";
import { countIn, dateIn, listIn, objectIn, textIn } from "./json-fields.js";
import { nameProblem } from "./name-problem.js";
import { ask } from "./send-once.js";

const FIELDS = "kind,items(name,size,timeCreated),nextPageToken";

/** Google may answer that there is more and list nothing yet. Then this asks for the next page. */
export async function listObjects(
  gcs: GcsConnection,
  page: ListRequest,
  call?: RequestOptions,
): Promise<ListPage> {
  const { bucket, prefix = "", startAfter = "", limit = PAGE_OBJECTS } = page;
  checkBucket("list", bucket, nameProblem);
  checkText("list", bucket, prefix + startAfter);
  let token: string | undefined;
  do {
    const answer = await askPage(gcs, page, token, call);
    // `startOffset` includes the key itself, so one more object is requested.
    const after = answer.objects.filter(({ key }) => key !== startAfter);
    const objects = after.slice(0, limit);
    token = answer.token;
    const more = token !== undefined || after.length > objects.length;
    if (objects.length > 0 || !more) return { objects, more };
  } while (token !== undefined);
  return { objects: [], more: false };
}

interface AnsweredPage {
  readonly objects: readonly ListedObject[];
  readonly token: string | undefined;
}

async function askPage(
  gcs: GcsConnection,
  { bucket, prefix, startAfter, limit = PAGE_OBJECTS }: ListRequest,
  token: string | undefined,
  call: RequestOptions | undefined,
): Promise<AnsweredPage> {
  const url = apiUrl(gcs, bucketPath(bucket), {
    prefix: prefix || undefined,
    startOffset: startAfter || undefined,
    maxResults: `${Math.min(startAfter ? limit + 1 : limit, PAGE_OBJECTS)}`,
    pageToken: token,
    fields: FIELDS,
  });
  const answer = await ask(gcs, { method: "GET", url }, { operation: "list", bucket, call });
  const { status, json } = answer;
  if (status !== 200 || json?.["kind"] !== "storage#objects") throw answer.refusal();
  const { items } = json;
  if (items !== undefined && !Array.isArray(items)) throw answer.refusal();
  const objects = listIn(items).map((item) => listedObject(bucket, item));
  const asked = token === undefined ? { bucket, prefix, startAfter } : { bucket, prefix };
  checkPageStart(asked, objects[0]?.key, "at");
  return { objects, token: textIn(json["nextPageToken"]) || undefined };
}

function listedObject(bucket: string, item: unknown): ListedObject {
  const resource = objectIn(item);
  const key = textIn(resource?.["name"]);
  const size = countIn(resource?.["size"]);
  const lastModified = dateIn(resource?.["timeCreated"]);
  if (key !== undefined && size !== undefined && lastModified !== undefined) {
    return { key, size, lastModified };
  }
  throw impossibleEntry(bucket, key);
}
