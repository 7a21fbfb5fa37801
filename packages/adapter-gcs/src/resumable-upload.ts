import type { BodyReader } from "@keywhen/adapter-kit";
import {
  type ObjectRef,
  ObjectStoreError,
  type PutOptions,
  type PutResult,
  type RequestOptions,
} from "@keywhen/core/store";
import { type GcsConnection, uploadUrl } from "./gcs-connection.js";
import { outcomeOf, resourceOf } from "./object-resource.js";
import { jsonBody } from "./request-body.js";
import { ask, type GcsAnswer, type GcsRequest } from "./send-once.js";

/** A multiple of 256 KiB, as Google requires. Two chunks are in memory. */
export const UPLOAD_CHUNK_BYTES = 8_388_608;
const ABANDON_LIMIT_MS = 5_000;

type Options = PutOptions & RequestOptions;

export interface ChunkedBody {
  readonly first: Uint8Array;
  readonly second: Uint8Array;
  readonly reader: BodyReader;
}

/**
 * A resumable upload, for streams of unknown length. Each chunk is sent once; the object appears with the last one.
 * https://cloud.google.com/storage/docs/performing-resumable-uploads
 */
export async function uploadInChunks(
  gcs: GcsConnection,
  ref: ObjectRef,
  body: ChunkedBody,
  options: Options,
): Promise<PutResult> {
  const session = await openSession(gcs, ref, options);
  try {
    return await sendChunks(gcs, ref, { session, body, options });
  } catch (error) {
    void abandon(gcs, ref, session, options);
    throw error;
  }
}

async function openSession(gcs: GcsConnection, ref: ObjectRef, options: Options): Promise<string> {
  const url = uploadUrl(gcs, ref.bucket, { uploadType: "resumable", name: ref.key });
  const request = { method: "POST", url, ...jsonBody(resourceOf(options)) } as const;
  const purpose = { ...ref, operation: "put", call: options, prepares: true } as const;
  const answer = await ask(gcs, request, purpose);
  const { location } = answer.headers;
  if (answer.status !== 200 || location === undefined) throw answer.refusal();
  return location;
}

interface Sending {
  /** The address of the session, which is a secret itself. */
  readonly session: string;
  readonly body: ChunkedBody;
  readonly options: Options;
}

async function sendChunks(
  gcs: GcsConnection,
  ref: ObjectRef,
  { session, body, options }: Sending,
): Promise<PutResult> {
  const { reader } = body;
  let [chunk, next] = [body.first, body.second];
  for (let start = 0; ; ) {
    const end = start + chunk.byteLength;
    const isLast = next.byteLength === 0;
    const request = chunkRequest(session, chunk, { start, total: isLast ? end : undefined });
    const purpose = { ...ref, operation: "put", call: options, prepares: !isLast } as const;
    const answer = await ask(gcs, request, purpose);
    if (answer.status === 404 || answer.status === 410) throw sessionEnded(ref, answer);
    if (isLast) return outcomeOf(answer, undefined);
    checkTaken(ref, answer, end);
    [chunk, next] = [next, await reader.read(UPLOAD_CHUNK_BYTES)];
    start = end;
  }
}

function chunkRequest(
  url: string,
  chunk: Uint8Array,
  { start, total }: { start: number; total: number | undefined },
): GcsRequest {
  const range = `bytes ${start}-${start + chunk.byteLength - 1}/${total ?? "*"}`;
  const headers = { "content-range": range, "content-length": `${chunk.byteLength}` };
  return { method: "PUT", url, headers, body: [chunk], isUnsigned: true };
}

/** The rest of a chunk that was taken in part would have to be sent again. Instead the caller starts again. */
function checkTaken(ref: ObjectRef, answer: GcsAnswer, end: number): void {
  if (answer.status !== 308) throw answer.refusal();
  const { range } = answer.headers;
  if (range === `bytes=0-${end - 1}`) return;
  const message = `the store took ${range ?? "nothing"} of the first ${end} bytes: store the object again`;
  const details = { ...ref, code: "unavailable", operation: "put", undecided: false } as const;
  throw new ObjectStoreError({ ...details, message });
}

/** The session is missing, not the bucket. The caller starts again. */
function sessionEnded(ref: ObjectRef, answer: GcsAnswer): ObjectStoreError {
  const details = { ...ref, code: "unavailable", operation: "put", undecided: false } as const;
  const message = "the store has ended the upload session: store the object again";
  return new ObjectStoreError({ ...details, message, cause: answer.refusal() });
}

/** Frees the session early. Google ends it in a week otherwise, and nothing of it is visible. */
async function abandon(
  gcs: GcsConnection,
  ref: ObjectRef,
  url: string,
  call: RequestOptions,
): Promise<void> {
  const own = { ...call, signal: AbortSignal.timeout(ABANDON_LIMIT_MS) };
  const request = { method: "DELETE", url, ...jsonBody(undefined), isUnsigned: true } as const;
  await ask(gcs, request, { ...ref, operation: "put", call: own }).catch(() => undefined);
}
