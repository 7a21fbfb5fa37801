import { checkName, openBody, type Purpose } from "@keywhen/adapter-kit";
import {
  type ObjectInfo,
  type ObjectRef,
  ObjectStoreError,
  type OpenObject,
  type RequestOptions,
} from "@keywhen/core/store";
import { apiUrl, type GcsConnection, objectPath } from "./gcs-connection.js";
import type { JsonObject } from "./json-fields.js";
import { nameProblem } from "./name-problem.js";
import { objectInfo } from "./object-resource.js";
import { ask, open, read } from "./send-once.js";
import { saysMissing, toStoreError } from "./store-errors.js";

const ATTEMPTS = 3;

export async function headObject(
  gcs: GcsConnection,
  ref: ObjectRef,
  call?: RequestOptions,
): Promise<ObjectInfo | undefined> {
  checkName("head", ref, nameProblem);
  return (await describeObject(gcs, ref, { operation: "head", call }))?.info;
}

export interface DescribedObject {
  readonly info: ObjectInfo;
  readonly resource: JsonObject;
}

/** A missing object and one in a missing bucket look the same. */
export async function describeObject(
  gcs: GcsConnection,
  ref: ObjectRef,
  use: Pick<Purpose, "operation" | "call" | "prepares">,
): Promise<DescribedObject | undefined> {
  const url = apiUrl(gcs, objectPath(ref));
  const answer = await ask(gcs, { method: "GET", url }, { ...ref, ...use, kind: "head" });
  if (saysMissing(answer)) return undefined;
  const info = answer.status === 200 ? objectInfo(answer.json) : undefined;
  if (info === undefined || answer.json === undefined) throw answer.refusal();
  return { info, resource: answer.json };
}

/**
 * Sends two requests, because the JSON API's answer with the media has no user metadata. The second request names the
 * generation that the first one found. If that generation is gone by then, both are sent again.
 */
export async function getObject(
  gcs: GcsConnection,
  ref: ObjectRef,
  call?: RequestOptions,
): Promise<OpenObject | undefined> {
  checkName("get", ref, nameProblem);
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const described = await describeObject(gcs, ref, { operation: "get", call });
    if (described === undefined) return undefined;
    const body = await openGeneration(gcs, ref, described.info.version, call);
    if (body !== undefined) return { ...described.info, body };
  }
  const message = `the object was replaced ${ATTEMPTS} times between two requests: try again`;
  const details = { ...ref, code: "unavailable", operation: "get", undecided: false } as const;
  throw new ObjectStoreError({ ...details, message });
}

async function openGeneration(
  gcs: GcsConnection,
  ref: ObjectRef,
  generation: string,
  call: RequestOptions | undefined,
): Promise<ReadableStream<Uint8Array> | undefined> {
  const url = apiUrl(gcs, objectPath(ref), { alt: "media", generation });
  const purpose = { ...ref, operation: "get", call } as const;
  // Google unpacks gzip for a client that does not accept it.
  const headers = { "accept-encoding": "gzip" };
  const answer = await open(gcs, { method: "GET", url, headers }, purpose);
  if (answer.message.statusCode === 200) {
    return openBody(ref, answer.message, call?.signal, toStoreError);
  }
  const { status, refusal } = await read(answer, purpose);
  if (status === 404) return undefined;
  throw refusal();
}
