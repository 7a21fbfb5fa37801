import {
  type Answer,
  type AnsweringServer,
  type RecordedRequest,
  startAnsweringServer,
} from "../answering-server.js";
import {
  errorAnswer,
  type GcsAnswer,
  type GcsReason,
  GcsRefusal,
  json,
  parseRequest,
  plainError,
} from "./gcs-http.js";

import { type GcsRoutes, gcsRoutes } from "./gcs-routes.js";

export interface GcsServerOptions {
  /**
   * What one rewrite copies at most before it answers with a token, as between locations.
   * @default no limit
   */
  readonly maxBytesPerRewrite?: number | undefined;
}

type GcsFailure =
  | "reset"
  | { readonly status: number; readonly reason: GcsReason; readonly message?: string };

export interface GcsServer {
  readonly endpoint: string;
  readonly requests: readonly RecordedRequest[];
  /** The next requests, one by default, fail and do nothing. */
  readonly failNext: (failure: GcsFailure, times?: number) => void;
  /** Resumable uploads that are neither finished nor cancelled. */
  readonly unfinishedUploads: () => number;
  readonly connections: () => Promise<number>;
  readonly createBucket: (name: string) => Promise<void>;
  readonly stop: () => Promise<void>;
}

/**
 * A test server that speaks Cloud Storage's JSON API on loopback, in memory and without authentication. It
 * is written from Google's reference and is not Google's: it has what keywhen needs (buckets, insert, get,
 * list, patch, delete, rewrite, move, all preconditions), and no ACLs, versions, holds or storage classes.
 */
export async function startGcsServer(options: GcsServerOptions = {}): Promise<GcsServer> {
  const routes = gcsRoutes(options.maxBytesPerRewrite ?? Number.POSITIVE_INFINITY);
  const failures: GcsFailure[] = [];
  const server: AnsweringServer = await startAnsweringServer((request) => {
    const failure = failures.shift();
    if (failure === "reset") return "reset";
    return asWire(failure ? failed(failure) : answered(routes, request, server.endpoint));
  });
  return {
    endpoint: server.endpoint,
    requests: server.requests,
    failNext: (failure, times = 1) => void failures.push(...Array(times).fill(failure)),
    unfinishedUploads: routes.unfinishedUploads,
    connections: server.connections,
    createBucket: async (name) => {
      const path = `${server.endpoint}/storage/v1/b`;
      const response = await fetch(path, { method: "POST", body: JSON.stringify({ name }) });
      if (!response.ok) throw new Error(await response.text());
    },
    stop: server.stop,
  };
}

function answered(routes: GcsRoutes, recorded: RecordedRequest, endpoint: string): GcsAnswer {
  const { method, url, headers, body } = recorded;
  try {
    return routes.answer(parseRequest(method, url, { headers, body }), endpoint);
  } catch (error) {
    if (!(error instanceof GcsRefusal)) return json({ error: { message: `${error}` } }, 500);
    return /[?&]alt=media\b/.test(url) ? plainError(error) : errorAnswer(error);
  }
}

function failed({ status, reason, message = reason }: Exclude<GcsFailure, "reset">): GcsAnswer {
  return errorAnswer(new GcsRefusal(status, reason, message));
}

function asWire({ status, headers, body }: GcsAnswer): Answer {
  return { status, headers, body };
}
