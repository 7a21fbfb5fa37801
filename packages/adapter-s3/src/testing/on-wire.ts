import type { S3Client, S3ClientConfig } from "@aws-sdk/client-s3";
import type { ObjectStore } from "@keywhen/core/store";
import {
  type AnswerHandler,
  type AnsweringServer,
  type SpokenAnswer,
  startAnsweringServer,
} from "@keywhen/test-servers";
import { onTestFinished } from "vitest";
import type { S3StoreOptions } from "../options.js";
import { s3Store } from "../s3-store.js";
import { clientOf } from "./client-of.js";

/** `asked` leaves out the SDK's `x-id`. */
export interface OnWire extends AnsweringServer {
  readonly store: ObjectStore;
  readonly client: S3Client;
}

/** The two ways of requests: past the SDK's middleware, and through it. */
export const LANES = [
  { lane: "fast lane", fastLane: true },
  { lane: "SDK", fastLane: false },
] as const;

/** The fast lane names itself in the header that all clients have. */
export function isByFastLane(headers: Readonly<Record<string, string | undefined>>): boolean {
  return headers["user-agent"]?.endsWith("fast-lane") === true;
}

/** `onWire` for one of the lanes; the fast one has learned already where `here` and `away` are. */
export function onWireBy(fastLane: boolean): typeof onWire {
  return (answer, config, options) => onWire(answer, config, { fastLane, ...options });
}

/** A store whose server answers what the test says. */
export async function onWire(
  answer: AnswerHandler,
  config: S3ClientConfig = {},
  options: Partial<S3StoreOptions> = { fastLane: false },
): Promise<OnWire> {
  let count = 0;
  let isWarm = false;
  const server = await startAnsweringServer((request) => {
    if (!isWarm) return EMPTY_LIST;
    count += 1;
    return answer(request, count - 1);
  });
  const client = clientOf(server, config);
  onTestFinished(async () => {
    client.destroy();
    await server.stop();
  });
  const asked = () => server.asked().map((line) => line.replace(/[?&]x-id=\w+/, ""));
  const store = s3Store({ client, service: "aws", ...options });
  const { credentials, endpoint, region } = config;
  const canLearn = [credentials, endpoint, region].every((own) => own === undefined);
  if (options.fastLane !== false && canLearn) {
    for (const bucket of ["here", "away"]) await store.list({ bucket });
    server.forgetRequests();
  }
  isWarm = true;
  return { ...server, store, client, asked };
}

const NOTHING = xml("<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>");
/** Leaves no idle connection: a put that waits for `100 Continue` would not use it, and a test counts the open ones. */
const EMPTY_LIST = { ...NOTHING, headers: { ...NOTHING.headers, connection: "close" } };

export function xml(body: string): SpokenAnswer {
  const head = '<?xml version="1.0" encoding="UTF-8"?>';
  return { headers: { "content-type": "application/xml" }, body: head + body };
}

export const LAST = "<IsTruncated>false</IsTruncated>";

/** A page of a list with these keys, which are encoded unless `encoding` is empty. */
export function listPage(
  keys: readonly string[],
  more = LAST,
  encoding = "<EncodingType>url</EncodingType>",
): SpokenAnswer {
  const about = "<Size>3</Size><LastModified>2026-11-24T08:00:00.000Z</LastModified>";
  const contents = keys.map((key) => `<Contents><Key>${key}</Key>${about}</Contents>`);
  return xml(`<ListBucketResult>${encoding}${more}${contents.join("")}</ListBucketResult>`);
}
