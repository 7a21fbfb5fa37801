import type { ObjectHeaders, ObjectInfo, OpenObject, PutOptions } from "./object-store.js";

/** An object as the memory store keeps it: never changed, only replaced. */
export interface StoredObject extends ObjectInfo {
  readonly bytes: Uint8Array;
}

export function headersOf(
  put: PutOptions | undefined,
): Required<ObjectHeaders> & Pick<ObjectInfo, "metadata"> {
  return {
    contentType: put?.contentType,
    contentEncoding: put?.contentEncoding,
    cacheControl: put?.cacheControl,
    metadata: { ...put?.metadata },
  };
}

/** What a caller is told of it; a copy, so that no caller can change what is stored. */
export function infoOf({ bytes: _, ...info }: StoredObject): ObjectInfo {
  return { ...info, lastModified: new Date(info.lastModified), metadata: { ...info.metadata } };
}

export function opened(object: StoredObject): OpenObject {
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      if (object.size > 0) controller.enqueue(object.bytes.slice());
      controller.close();
    },
  });
  return { ...infoOf(object), body };
}
