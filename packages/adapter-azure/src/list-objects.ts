import type { ContainerListBlobFlatSegmentResponse } from "@azure/storage-blob";
import { checkBucket, PAGE_OBJECTS } from "@keywhen/adapter-kit";
import {
  type ListedObject,
  type ListPage,
  type ListRequest,
  ObjectStoreError,
  type RequestOptions,
} from "@keywhen/core/store";
import type { AzureConnection } from "./azure-connection.js";

/** The most objects of one answer. */
const ANSWER_OBJECTS = 5_000;

interface Asking {
  readonly bucket: string;
  readonly prefix: string;
  readonly startFrom?: string | undefined;
}

/**
 * Azure starts at a key (`startFrom`), that key included, since service version 2026-02-06. Older servers such as Azurite
 * ignore it and begin with the prefix, so this skips all keys that are not after `startAfter`.
 */
export async function listObjects(
  azure: AzureConnection,
  { bucket, prefix = "", startAfter = "", limit = PAGE_OBJECTS }: ListRequest,
  call?: RequestOptions,
): Promise<ListPage> {
  checkBucket("list", bucket, azure.nameProblem);
  const most = Math.min(limit, PAGE_OBJECTS);
  const isPast = startAfter > prefix && !startAfter.startsWith(prefix);
  const startFrom = startAfter > prefix && !isPast ? startAfter : undefined;
  const asking = { bucket, prefix, startFrom };
  const found: ListedObject[] = [];
  let marker: string | undefined;
  let answerSize = isPast ? 1 : startFrom === undefined ? most : most + 1;
  do {
    const answer = await ask(azure, asking, { marker, answerSize }, call);
    const objects = objectsIn(bucket, answer).filter(({ key }) => key > startAfter);
    found.push(...objects);
    marker = isPast ? undefined : answer.continuationToken || undefined;
    // The server began before the key, so this goes on with the largest pages.
    if (objects.length === 0) answerSize = ANSWER_OBJECTS;
  } while (marker !== undefined && found.length < most);
  return { objects: found.slice(0, most), more: found.length > most || marker !== undefined };
}

async function ask(
  azure: AzureConnection,
  { bucket, prefix, startFrom }: Asking,
  { marker, answerSize }: { readonly marker: string | undefined; readonly answerSize: number },
  call: RequestOptions | undefined,
): Promise<ContainerListBlobFlatSegmentResponse> {
  return azure.send({ operation: "list", bucket, call }, async (service, abort) => {
    const pages = service
      .getContainerClient(bucket)
      .listBlobsFlat({
        ...(prefix ? { prefix } : {}),
        ...(startFrom === undefined ? {} : { startFrom }),
        ...abort,
      })
      .byPage({
        maxPageSize: answerSize,
        ...(marker === undefined ? {} : { continuationToken: marker }),
      });
    return (await pages.next()).value;
  });
}

function objectsIn(
  bucket: string,
  { segment }: ContainerListBlobFlatSegmentResponse,
): ListedObject[] {
  checkOrder(
    bucket,
    segment.blobItems.map(({ name }) => name),
  );
  return segment.blobItems.map(({ name, properties }) => ({
    key: name,
    size: properties.contentLength ?? 0,
    lastModified: properties.lastModified,
  }));
}

/** A hierarchical namespace lists folder by folder, and a sweep would stop too early. Only the order of ASCII is known. */
function checkOrder(bucket: string, keys: readonly string[]): void {
  const ascii = keys.filter((key) => /^[ -~]*$/.test(key));
  if (ascii.every((key, index) => index === 0 || key > (ascii[index - 1] ?? ""))) return;
  const message =
    "the list is not in byte order, as in an account with a hierarchical namespace: keep the schedule in another account";
  throw new ObjectStoreError({ code: "not-supported", operation: "list", bucket, message });
}
