import { checkPreconditions, type GcsBuckets, gcsBuckets } from "./gcs-buckets.js";
import { type GcsAnswer, GcsRefusal, type GcsRequest, json, jsonBody, textOf } from "./gcs-http.js";
import { type GcsObject, objectResource, patched } from "./gcs-object.js";
import { download, listObjects } from "./gcs-reads.js";

import { resumableUploads } from "./gcs-resumable.js";
import { gcsRewrite } from "./gcs-rewrite.js";
import { uploadAtOnce } from "./gcs-uploads.js";

export interface GcsRoutes {
  answer(request: GcsRequest, endpoint: string): GcsAnswer;
  unfinishedUploads(): number;
}

export function gcsRoutes(maxBytesPerRewrite: number): GcsRoutes {
  const buckets = gcsBuckets();
  const uploads = resumableUploads(buckets);
  const rewrite = gcsRewrite(buckets, maxBytesPerRewrite);

  function upload(bucket: string, request: GcsRequest, endpoint: string): GcsAnswer {
    const { method, query } = request;
    if (query.get("uploadType") !== "resumable") return uploadAtOnce(buckets, bucket, request);
    if (method === "POST") return uploads.open(bucket, request, endpoint);
    return method === "DELETE" ? uploads.cancel(request) : uploads.send(request);
  }

  return {
    answer(request, endpoint) {
      const { method, path, isUpload } = request;
      const [, bucket, , name, verb, ...rest] = path;
      if (bucket === undefined) return createBucket(buckets, request);
      if (isUpload) return upload(bucket, request, endpoint);
      if (path.length === 2) return bucketAnswer(buckets, bucket);
      if (name === undefined) return listObjects(buckets, bucket, request);
      const source = { bucket, name };
      if (verb === "rewriteTo") {
        const [, to = "", , as = ""] = rest;
        return rewrite({ source, target: { bucket: to, name: as } }, request);
      }
      if (verb === "moveTo") return moveObject(buckets, source, rest[1] ?? "", request);
      return objectAnswer(buckets, wanted(buckets, source, request), method, request);
    },
    unfinishedUploads: uploads.unfinished,
  };
}

function createBucket(buckets: GcsBuckets, request: GcsRequest): GcsAnswer {
  const name = textOf(jsonBody(request.body)["name"]);
  if (name === undefined) throw new GcsRefusal(400, "required", "Required");
  buckets.create(name);
  return bucketAnswer(buckets, name);
}

function bucketAnswer(buckets: GcsBuckets, name: string): GcsAnswer {
  buckets.check(name);
  return json({ kind: "storage#bucket", id: name, name });
}

/** The live object, of the generation that is asked for. */
function wanted(
  buckets: GcsBuckets,
  { bucket, name }: { readonly bucket: string; readonly name: string },
  { query }: GcsRequest,
): GcsObject {
  const object = buckets.get(bucket, name);
  const generation = query.get("generation");
  if (generation === null || generation === object.generation) return object;
  throw new GcsRefusal(404, "notFound", `No such object: ${bucket}/${name}`);
}

function objectAnswer(
  buckets: GcsBuckets,
  object: GcsObject,
  method: string,
  request: GcsRequest,
): GcsAnswer {
  checkPreconditions(request.query, object);
  if (method === "GET") {
    if (request.query.get("alt") === "media") return download(object, request);
    return json(objectResource(object));
  }
  if (method === "DELETE") {
    buckets.remove(object);
    return { status: 204 };
  }
  if (method !== "PATCH") throw new GcsRefusal(400, "invalid", `No such method: ${method}`);
  const attributes = patched(object.attributes, jsonBody(request.body));
  return json(objectResource(buckets.update(object, attributes)));
}

/** Objects: move: inside one bucket, in one step. */
function moveObject(
  buckets: GcsBuckets,
  { bucket, name }: { readonly bucket: string; readonly name: string },
  target: string,
  { query }: GcsRequest,
): GcsAnswer {
  if (name === target) throw new GcsRefusal(400, "invalid", "The object names must differ.");
  const source = buckets.get(bucket, name);
  checkPreconditions(query, source, "Source");
  checkPreconditions(query, buckets.find(bucket, target));
  const moved = buckets.write(bucket, target, source.body, source.attributes);
  buckets.remove(source);
  return json(objectResource(moved));
}
