import { randomUUID } from "node:crypto";
import { checkPreconditions, type GcsBuckets } from "./gcs-buckets.js";
import { type GcsAnswer, GcsRefusal, type GcsRequest, json, jsonBody } from "./gcs-http.js";
import { attributesIn, type GcsObject, isGiven, objectResource } from "./gcs-object.js";

/** Where a rewrite goes. */
interface RewritePath {
  readonly source: { readonly bucket: string; readonly name: string };
  readonly target: { readonly bucket: string; readonly name: string };
}

interface Session {
  readonly path: string;
  readonly generation: string;
  written: number;
}

export type Rewrite = (path: RewritePath, request: GcsRequest) => GcsAnswer;

/**
 * Objects: rewrite. What one call doesn't finish is answered `done: false` with a token, and the target
 * does not change until the last call. One call copies at most `maxBytes`, as between locations.
 */
export function gcsRewrite(buckets: GcsBuckets, maxBytes: number): Rewrite {
  const sessions = new Map<string, Session>();

  return ({ source, target }, { query, body }) => {
    const path = JSON.stringify([source, target]);
    const found = buckets.get(source.bucket, source.name);
    buckets.check(target.bucket);
    checkPreconditions(query, found, "Source");
    checkPreconditions(query, buckets.find(target.bucket, target.name));
    const token = query.get("rewriteToken") ?? randomUUID();
    const session = query.has("rewriteToken")
      ? sessionOf(sessions, token, path, found)
      : { path, generation: found.generation, written: 0 };
    session.written = Math.min(session.written + maxBytes, found.body.length);
    const progress = {
      kind: "storage#rewriteResponse",
      totalBytesRewritten: `${session.written}`,
      objectSize: `${found.body.length}`,
    };
    if (session.written < found.body.length) {
      sessions.set(token, session);
      return json({ ...progress, done: false, rewriteToken: token });
    }
    sessions.delete(token);
    const given = attributesIn(jsonBody(body));
    // A resource in the request replaces all attributes of the source.
    const attributes = isGiven(given) ? given : found.attributes;
    const written = buckets.write(target.bucket, target.name, found.body, attributes);
    return json({ ...progress, done: true, resource: objectResource(written) });
  };
}

function sessionOf(
  sessions: ReadonlyMap<string, Session>,
  token: string,
  path: string,
  { generation }: GcsObject,
): Session {
  const session = sessions.get(token);
  if (session === undefined) throw new GcsRefusal(410, "gone", "The rewrite token has expired.");
  if (session.path === path && session.generation === generation) return session;
  throw new GcsRefusal(400, "invalid", "The rewrite token is of another rewrite.");
}
