import { createHash } from "node:crypto";
import {
  type CopyResult,
  type DeleteResult,
  type ListPage,
  type ListRequest,
  type ObjectInfo,
  type ObjectRef,
  ObjectStoreError,
  type OpenObject,
  type PutOptions,
  type PutResult,
  type RequestKind,
} from "@keywhen/core/store";
import type { Profile } from "../profiles.js";
import type { Change } from "./store-request.js";
import type { StoredObject, StoredObjects } from "./stored-objects.js";

/** Each call is one instant. */
export interface Execution {
  put(ref: ObjectRef, bytes: Uint8Array, options: PutOptions): PutResult;
  head(ref: ObjectRef): ObjectInfo | undefined;
  get(ref: ObjectRef): OpenObject | undefined;
  list(page: ListRequest): ListPage;
  copy(
    kind: "copy" | "move",
    source: ObjectRef,
    target: ObjectRef,
    metadata: Readonly<Record<string, string>> | undefined,
  ): CopyResult;
  delete(bucket: string, keys: readonly string[]): readonly DeleteResult[];
}

export interface ExecutionOptions {
  readonly objects: StoredObjects;
  readonly profile: Profile;
  readonly now: () => number;
  /** Throws what the store answers while this is not allowed or not there. */
  readonly admit: (kind: RequestKind, ref: ObjectRef) => void;
  readonly changed: (change: Change) => void;
}

export function executionOf(options: ExecutionOptions): Execution {
  const { objects, profile, now, admit, changed } = options;
  let writes = 0;

  const write = (ref: ObjectRef, object: Omit<StoredObject, "version" | "lastModifiedMs">) => {
    writes += 1;
    const version = profile.versions === "counter" ? String(writes) : contentVersion(object.bytes);
    objects.set(ref, { ...object, version, lastModifiedMs: now() });
    changed({ ref, change: "written" });
    return version;
  };
  const remove = (ref: ObjectRef) => {
    if (objects.delete(ref) !== undefined) changed({ ref, change: "removed" });
  };
  const info = (object: StoredObject): ObjectInfo => {
    const { bytes, lastModifiedMs: _, ...rest } = object;
    return { ...rest, size: bytes.length, lastModified: storeDate(profile, object.lastModifiedMs) };
  };

  return {
    put(ref, bytes, { condition, metadata = {}, contentType, contentEncoding, cacheControl }) {
      admit("put", ref);
      checkCondition(profile, ref, condition?.if);
      const found = objects.get(ref);
      if (condition?.if === "absent" && found) return { outcome: "exists" };
      if (condition?.if === "version" && found?.version !== condition.version) {
        return { outcome: "changed" };
      }
      const object = { bytes, metadata, contentType, contentEncoding, cacheControl };
      return { outcome: "written", version: write(ref, object) };
    },
    head(ref) {
      admit("head", ref);
      const found = objects.get(ref);
      return found && info(found);
    },
    get(ref) {
      admit("get", ref);
      const found = objects.get(ref);
      return found && { ...info(found), body: streamOf(found.bytes) };
    },
    list(page) {
      admit("list", { bucket: page.bucket, key: page.prefix ?? "" });
      return objects.list(page, (object) => storeDate(profile, object.lastModifiedMs));
    },
    copy(kind, source, target, metadata) {
      admit(kind, target);
      if (kind === "move") checkMove(profile, source, target);
      const found = objects.get(source);
      if (found === undefined) return { outcome: "source-gone" };
      write(target, { ...found, metadata: metadata ?? found.metadata });
      if (kind === "move") remove(source);
      return { outcome: "copied" };
    },
    delete(bucket, keys) {
      admit("delete", { bucket, key: keys[0] ?? "" });
      return keys.map((key): DeleteResult => {
        remove({ bucket, key });
        return { outcome: "gone" };
      });
    },
  };
}

/** An instant as the store reports it. */
export function storeDate({ wholeSeconds }: Profile, atMs: number): Date {
  return new Date(wholeSeconds ? Math.floor(atMs / 1_000) * 1_000 : atMs);
}

function contentVersion(bytes: Uint8Array): string {
  return createHash("md5").update(bytes).digest("hex");
}

function checkMove({ bucketOnOtherDisk }: Profile, source: ObjectRef, target: ObjectRef): void {
  const isAcross = source.bucket !== target.bucket;
  if (!isAcross || ![source.bucket, target.bucket].includes(bucketOnOtherDisk ?? "")) return;
  const message = `${bucketOnOtherDisk} is on another disk`;
  throw new ObjectStoreError({ ...target, code: "not-supported", operation: "move", message });
}

function checkCondition(
  { capabilities }: Profile,
  ref: ObjectRef,
  condition: "absent" | "version" | undefined,
): void {
  if (condition === undefined) return;
  if (condition === "absent" ? capabilities.putIfAbsent : capabilities.putIfVersion) return;
  const message = `no put if ${condition}`;
  throw new ObjectStoreError({ ...ref, code: "not-supported", operation: "put", message });
}

function streamOf(bytes: Uint8Array): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      controller.enqueue(bytes);
      controller.close();
    },
  });
}
