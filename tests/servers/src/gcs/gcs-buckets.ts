import { GcsRefusal } from "./gcs-http.js";
import { type GcsAttributes, type GcsObject, hashesOf } from "./gcs-object.js";

export interface GcsBuckets {
  create(name: string): void;
  check(name: string): void;
  find(bucket: string, name: string): GcsObject | undefined;
  /** Refuses a missing object and a missing bucket in the same words, as Google does. */
  get(bucket: string, name: string): GcsObject;
  /** In the order of their names' UTF-8 bytes. */
  list(bucket: string): readonly GcsObject[];
  write(bucket: string, name: string, body: Buffer, attributes: GcsAttributes): GcsObject;
  /** Changes the attributes; the generation stays. */
  update(object: GcsObject, attributes: GcsAttributes): GcsObject;
  remove(object: GcsObject): void;
}

export function gcsBuckets(): GcsBuckets {
  const buckets = new Map<string, Map<string, GcsObject>>();
  let writes = BigInt(Date.now()) * 1_000n;

  function objectsOf(bucket: string): Map<string, GcsObject> {
    const objects = buckets.get(bucket);
    if (objects !== undefined) return objects;
    throw new GcsRefusal(404, "notFound", "The specified bucket does not exist.");
  }

  const find = (bucket: string, name: string) => buckets.get(bucket)?.get(name);

  return {
    create(name) {
      if (buckets.has(name)) {
        const message = "Your previous request to create the named bucket succeeded.";
        throw new GcsRefusal(409, "conflict", message);
      }
      buckets.set(name, new Map());
    },
    check: (name) => void objectsOf(name),
    find,
    get(bucket, name) {
      const object = find(bucket, name);
      if (object !== undefined) return object;
      throw new GcsRefusal(404, "notFound", `No such object: ${bucket}/${name}`);
    },
    list: (bucket) =>
      [...objectsOf(bucket).values()]
        .map((object) => ({ object, bytes: Buffer.from(object.name) }))
        .sort((one, other) => Buffer.compare(one.bytes, other.bytes))
        .map(({ object }) => object),
    write(bucket, name, body, attributes) {
      const objects = objectsOf(bucket);
      checkName(name);
      writes += 1n;
      const now = new Date();
      const stamps = { generation: `${writes}`, metageneration: 1, created: now, updated: now };
      const object = { bucket, name, ...stamps, body, hashes: hashesOf(body), attributes };
      objects.set(name, object);
      return object;
    },
    update(object, attributes) {
      const metageneration = object.metageneration + 1;
      const changed = { ...object, attributes, metageneration, updated: new Date() };
      objectsOf(object.bucket).set(object.name, changed);
      return changed;
    },
    remove: ({ bucket, name }) => void objectsOf(bucket).delete(name),
  };
}

/** https://cloud.google.com/storage/docs/objects#naming */
function checkName(name: string): void {
  const bytes = Buffer.byteLength(name);
  const isAllowed =
    bytes >= 1 &&
    bytes <= 1_024 &&
    !/[\r\n]|^\.{1,2}$/.test(name) &&
    !name.startsWith(".well-known/acme-challenge/");
  if (!isAllowed) throw new GcsRefusal(400, "invalid", "The specified object name is not valid.");
}

/** Whether the preconditions are about the target (`ifGenerationMatch`) or the source (`ifSourceGenerationMatch`). */
export type PreconditionSubject = "" | "Source";

/**
 * Refuses a request for another generation than it names; 0 means "there is no live object".
 * https://cloud.google.com/storage/docs/request-preconditions
 */
export function checkPreconditions(
  query: URLSearchParams,
  object: GcsObject | undefined,
  subject: PreconditionSubject = "",
): void {
  const name = `if${subject}GenerationMatch`;
  const wanted = query.get(name);
  if (wanted === null) return;
  if (!/^\d{1,19}$/.test(wanted)) {
    throw new GcsRefusal(400, "invalid", `Invalid value for ${name}: ${wanted}`);
  }
  if (wanted === (object?.generation ?? "0")) return;
  const message = "At least one of the pre-conditions you specified did not hold.";
  throw new GcsRefusal(412, "conditionNotMet", message);
}
