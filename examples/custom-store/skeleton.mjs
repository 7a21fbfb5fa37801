// A skeleton of an ObjectStore: it keeps every promise, in memory. Replace one call after the other by your
// server's, and run the conformance kit after each: node_modules/.bin/store-conformance ./skeleton.mjs --store skeleton: --buckets a,b
import {
  checkBucketName,
  checkKey,
  nameProblem,
  ObjectStoreError,
  readBody,
} from "@keywhen/core/store";

// Declare what your server does, not what your code could do for it: a false "true" loses events.
const CAPABILITIES = {
  putIfAbsent: true, // the server checks and writes in one step
  putIfVersion: true, // the same for "if it is still this version"
  orderedList: true,
  move: "none", // or give the store a move() that the server does in one step
  singleCopyMaxBytes: Number.MAX_SAFE_INTEGER,
  deleteBatchSize: 1_000,
  limits: { keyBytes: 1_024, bucketCharacters: 63 },
  clock: "shared", // "store": call onDate with the time that each answer carries; "none": there is no time
};

/** What hosts call: keywhen --adapter ./skeleton.mjs --store skeleton: list */
export async function open(_url, _env) {
  const buckets = new Map(["schedule", "reminders", "a", "b"].map((name) => [name, new Map()]));
  return {
    store: skeletonStore(buckets),
    bucket: "schedule",
    [Symbol.asyncDispose]: async () => {},
  };
}

function skeletonStore(buckets) {
  const bucketOf = (operation, { bucket, key }) => {
    if (key === undefined) checkBucketName(operation, bucket, CAPABILITIES.limits);
    else checkKey(operation, { bucket, key }, CAPABILITIES.limits);
    const found = buckets.get(bucket);
    if (found !== undefined) return found;
    const message = "there is no such bucket";
    throw new ObjectStoreError({ code: "no-such-bucket", operation, bucket, key, message });
  };
  return {
    capabilities: CAPABILITIES,
    nameProblem: (ref) => nameProblem(ref, CAPABILITIES.limits),

    put: (ref, body, options = {}) =>
      call("put", ref, options, async () => {
        const objects = bucketOf("put", ref);
        const bytes = await readBody(ref, body, options); // or send the stream on, once
        const old = objects.get(ref.key);
        const { condition, contentType, contentEncoding, cacheControl, metadata = {} } = options;
        if (condition?.if === "absent" && old) return { outcome: "exists" };
        if (condition?.if === "version" && old?.version !== condition.version)
          return { outcome: "changed" };
        const version = crypto.randomUUID();
        const headers = { contentType, contentEncoding, cacheControl, metadata: { ...metadata } };
        objects.set(ref.key, {
          ...headers,
          bytes,
          size: bytes.length,
          version,
          lastModified: new Date(),
        });
        return { outcome: "written", version };
      }),

    head: (ref, options) =>
      call("head", ref, options, () => infoOf(bucketOf("head", ref).get(ref.key))),

    get: (ref, options) =>
      call("get", ref, options, () => {
        const object = bucketOf("get", ref).get(ref.key);
        return object && { ...infoOf(object), body: new Blob([object.bytes]).stream() };
      }),

    list: (page, options) =>
      call("list", { bucket: page.bucket }, options, () => {
        const { prefix = "", startAfter = "", limit = 1_000 } = page;
        const most = Math.min(limit, 1_000);
        const isWanted = (key) => key.startsWith(prefix) && compareUtf8(key, startAfter) > 0;
        const keys = [...bucketOf("list", { bucket: page.bucket }).entries()]
          .filter(([key]) => isWanted(key))
          .sort(([one], [other]) => compareUtf8(one, other));
        const objects = keys
          .slice(0, most)
          .map(([key, { size, lastModified }]) => ({ key, size, lastModified }));
        return { objects, more: keys.length > most };
      }),

    copy: (source, target, options = {}) =>
      call("copy", target, options, () => {
        const object = bucketOf("copy", source).get(source.key);
        const objects = bucketOf("copy", target);
        if (object === undefined) return { outcome: "source-gone" };
        const { metadata = object.metadata } = options;
        const version = crypto.randomUUID();
        objects.set(target.key, {
          ...object,
          metadata: { ...metadata },
          version,
          lastModified: new Date(),
        });
        return { outcome: "copied" };
      }),

    delete: (bucket, keys, options) =>
      call("delete", { bucket }, options, () => {
        const objects = bucketOf("delete", { bucket });
        if (keys.length > CAPABILITIES.deleteBatchSize) {
          const message = `${keys.length} keys; the limit is ${CAPABILITIES.deleteBatchSize}`;
          throw new ObjectStoreError({
            code: "not-supported",
            operation: "delete",
            bucket,
            message,
          });
        }
        return keys.map((key) => {
          objects.delete(key);
          return { outcome: "gone" }; // or { outcome: "failed", error }, key by key
        });
      }),
  };
}

/** Sends a call once; everything that it throws is an ObjectStoreError. */
async function call(operation, { bucket, key }, { signal } = {}, send) {
  const about = { operation, bucket, key };
  if (signal?.aborted) {
    throw new ObjectStoreError({ ...about, code: "aborted", message: "aborted", undecided: false });
  }
  try {
    return await send(); // pass the signal on to your client
  } catch (cause) {
    if (cause instanceof ObjectStoreError) throw cause;
    throw new ObjectStoreError({ ...about, ...classify(cause), message: cause.message, cause });
  }
}

/** Your client's errors, by their codes and never by their texts. */
function classify(cause) {
  if (cause.code === "ECONNREFUSED") return { code: "unavailable", undecided: false }; // nothing was sent
  if (cause.code === "ECONNRESET") return { code: "unavailable" }; // it may have been carried out
  return { code: "unexpected" };
}

function infoOf(object) {
  if (object === undefined) return undefined;
  const { bytes: _, metadata, ...info } = object;
  return { ...info, metadata: { ...metadata } };
}

/** Object stores compare UTF-8 bytes, JavaScript's sort() UTF-16 units. */
function compareUtf8(one, other) {
  return Buffer.compare(Buffer.from(one), Buffer.from(other));
}
