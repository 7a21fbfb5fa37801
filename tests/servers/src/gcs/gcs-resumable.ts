import { randomUUID } from "node:crypto";
import { checkPreconditions, type GcsBuckets } from "./gcs-buckets.js";
import { type GcsAnswer, GcsRefusal, type GcsRequest, json } from "./gcs-http.js";
import { objectResource } from "./gcs-object.js";

import { type GcsUpload, resumableUploadOf, store } from "./gcs-uploads.js";

/** All chunks but the last are whole multiples of it. */
const CHUNK_UNIT = 262_144;

interface Session {
  readonly upload: GcsUpload;
  received: Buffer;
  finished?: Record<string, unknown>;
}

export interface ResumableUploads {
  /** Answers with the session's address. */
  open(bucket: string, request: GcsRequest, endpoint: string): GcsAnswer;
  /** A chunk, or a question how far the upload is. */
  send(request: GcsRequest): GcsAnswer;
  cancel(request: GcsRequest): GcsAnswer;
  unfinished(): number;
}

/** https://cloud.google.com/storage/docs/performing-resumable-uploads */
export function resumableUploads(buckets: GcsBuckets): ResumableUploads {
  const sessions = new Map<string, Session>();

  function sessionOf({ query }: GcsRequest): Session {
    const session = sessions.get(query.get("upload_id") ?? "");
    if (session !== undefined) return session;
    throw new GcsRefusal(410, "gone", "The upload session is no longer available.");
  }

  return {
    open(bucket, request, endpoint) {
      buckets.check(bucket);
      const upload = resumableUploadOf(bucket, request);
      checkPreconditions(request.query, buckets.find(bucket, upload.name));
      const id = randomUUID();
      sessions.set(id, { upload, received: Buffer.alloc(0) });
      const path = `/upload/storage/v1/b/${encodeURIComponent(bucket)}/o`;
      const location = `${endpoint}${path}?uploadType=resumable&upload_id=${id}`;
      return { status: 200, headers: { location, "x-guploader-uploadid": id } };
    },
    send(request) {
      const session = sessionOf(request);
      if (session.finished !== undefined) return json(session.finished);
      const range = contentRange(request);
      take(session, range, request.body);
      if (range.total !== session.received.length) return incomplete(session);
      session.finished = objectResource(store(buckets, session.upload, session.received));
      session.received = Buffer.alloc(0);
      return json(session.finished);
    },
    cancel(request) {
      sessionOf(request);
      sessions.delete(request.query.get("upload_id") ?? "");
      return { status: 499 };
    },
    unfinished: () =>
      [...sessions.values()].filter(({ finished }) => finished === undefined).length,
  };
}

interface ContentRange {
  readonly start: number;
  /** Undefined while it isn't known. */
  readonly total: number | undefined;
}

function contentRange({ headers, body }: GcsRequest): ContentRange {
  const header = headers["content-range"];
  if (header === undefined) return { start: 0, total: body.length };
  const found = /^bytes (?:(\d+)-(\d+|\*)|\*)\/(\d+|\*)$/.exec(header);
  if (found === null) throw new GcsRefusal(400, "invalid", "Failed to parse Content-Range header.");
  const [, first = "0", last, total] = found;
  const start = Number(first);
  if (last === "*") return { start, total: start + body.length };
  if (last !== undefined && Number(last) - start + 1 !== body.length) {
    throw new GcsRefusal(400, "invalid", "Content-Range and Content-Length don't agree.");
  }
  return { start, total: total === "*" ? undefined : Number(total) };
}

function take(session: Session, { start, total }: ContentRange, body: Buffer): void {
  if (body.length === 0) return;
  const known = session.received.length;
  if (start > known) throw new GcsRefusal(400, "invalid", "Bytes are missing before this chunk.");
  const isLast = total === start + body.length;
  const end = isLast ? total : start + body.length - ((start + body.length) % CHUNK_UNIT);
  session.received = Buffer.concat([session.received, body.subarray(known - start, end - start)]);
}

function incomplete({ received }: Session): GcsAnswer {
  const range = received.length === 0 ? {} : { range: `bytes=0-${received.length - 1}` };
  return { status: 308, headers: { "content-length": "0", ...range } };
}
