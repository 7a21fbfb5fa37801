import type { S3ClientConfig } from "@aws-sdk/client-s3";
import type { ObjectStore, RequestOptions } from "@keywhen/core/store";
import { type Answer, s3Error } from "@keywhen/test-servers";
import { describe, expect, it } from "vitest";
import { isByFastLane, onWire, xml } from "./testing/on-wire.js";
import { wrappedHandler } from "./testing/wrapped-handler.js";

const source = { bucket: "here", key: "a b" };
const target = { bucket: "away", key: "t" };
const DATE = "Wed, 25 Nov 2026 08:00:00 GMT";

const CALLS: Record<string, (store: ObjectStore, call: RequestOptions) => Promise<unknown>> = {
  copy: (store, call) => store.copy(source, target, call),
  list: (store, call) => store.list({ bucket: "here", prefix: "p" }, call),
  delete: (store, call) => store.delete("here", ["a", "b&"], call),
};

const CODES: readonly (readonly [number, string])[] = [
  [200, "InternalError"],
  [200, "SlowDown"],
  [301, "PermanentRedirect"],
  [307, "TemporaryRedirect"],
  [400, "AuthorizationHeaderMalformed"],
  [400, "ExpiredToken"],
  [400, "IllegalLocationConstraintException"],
  [400, "RequestTimeout"],
  [403, "AccessDenied"],
  [403, "InvalidAccessKeyId"],
  [403, "InvalidObjectState"],
  [403, "RequestTimeTooSkewed"],
  [403, "SignatureDoesNotMatch"],
  [404, "NoSuchBucket"],
  [404, "NoSuchKey"],
  [409, "OperationAborted"],
  [412, "PreconditionFailed"],
  [429, "TooManyRequests"],
  [500, "InternalError"],
  [501, "NotImplemented"],
  [503, "SlowDown"],
];

const ANSWERS: Record<string, Answer> = {
  ...Object.fromEntries(
    CODES.map(([status, code]) => [`${status} ${code}`, s3Error(status, code)]),
  ),
  "no such source bucket": {
    ...xml("<Error><Code>NoSuchBucket</Code><BucketName>elsewhere</BucketName></Error>"),
    status: 404,
  },
  "a copy": xml("<CopyObjectResult><ETag>&quot;e&quot;</ETag></CopyObjectResult>"),
  "a copy, commented": xml("<CopyObjectResult><!-- x --><ETag>e</ETag></CopyObjectResult>"),
  "a copy without an ETag": xml("<CopyObjectResult></CopyObjectResult>"),
  "a page": xml(`<ListBucketResult>${flags("false")}${entry("p%2B1")}</ListBucketResult>`),
  "a page, commented": xml(
    `<ListBucketResult><!---->${flags("false")}${entry("p")}</ListBucketResult>`,
  ),
  "a page of less than it counts": xml(
    `<ListBucketResult><KeyCount>2</KeyCount>${flags("true")}${entry("p")}</ListBucketResult>`,
  ),
  "a page without sizes": xml(
    `<ListBucketResult>${flags("false")}${entry("p").replace(/<Size.*Size>/, "")}</ListBucketResult>`,
  ),
  "a deletion": xml("<DeleteResult></DeleteResult>"),
  "a deletion with failures": xml(
    "<DeleteResult><Error><Key>b&amp;</Key><Code>AccessDenied</Code><Message>no</Message></Error></DeleteResult>",
  ),
  "a deletion of other keys": xml(
    "<DeleteResult><Error><Key>c</Key><Code>AccessDenied</Code></Error></DeleteResult>",
  ),
  "nothing in a 200": { body: "" },
  "no XML in a 200": { body: "well done" },
  "a page of a proxy": { status: 502, body: "<html><body>Bad gateway</body></html>" },
  "a 403 without a body": { status: 403 },
  "a 404 without a body": { status: 404 },
  "a 204": { status: 204 },
  "a 200 that is cut off": { body: "<CopyObjectResult><ETag>e</ETag>", cutAfterBytes: 20 },
  "a 500 that is cut off": { status: 500, body: "<Error><Code>Inter", cutAfterBytes: 9 },
  "a broken connection": "reset",
};

function flags(truncated: string): string {
  return `<EncodingType>url</EncodingType><IsTruncated>${truncated}</IsTruncated>`;
}

function entry(key: string): string {
  return `<Contents><Key>${key}</Key><Size>3</Size><LastModified>2026-11-24T08:00:00.000Z</LastModified></Contents>`;
}

/** Everything that a caller can notice of two calls, one after the other. */
async function noticed(
  act: (typeof CALLS)[string],
  answer: Answer,
  fastLane: boolean,
  config: S3ClientConfig = {},
) {
  const dated =
    answer === "reset" ? answer : { ...answer, headers: { ...answer.headers, date: DATE } };
  const { store, requests } = await onWire(() => dated, config, { fastLane });
  const seen: unknown[] = [];
  const call = {
    onRequest: (kind: string) => seen.push(kind),
    onDate: (date: Date) => seen.push(date.toISOString()),
  };
  const isFast: boolean[] = [];
  for (let round = 0; round < 2; round++) {
    seen.push(await act(store, call).catch(detailsOf));
    isFast.push(isByFastLane(requests.at(-1)?.headers ?? {}));
  }
  return { seen, sent: requests.length, isFast };
}

function detailsOf(error: unknown) {
  if (!(error instanceof Error)) return error;
  return { ...error, message: error.message, cause: undefined };
}

describe.each(Object.keys(CALLS))("%s by the fast lane", (name) => {
  it.each(Object.keys(ANSWERS))("ends as through the SDK: %s", async (title) => {
    const act = CALLS[name];
    const answer = ANSWERS[title];
    if (act === undefined || answer === undefined) throw new Error("no such case");
    const slow = await noticed(act, answer, false);
    const byAgents = await noticed(act, answer, true);
    const byHandler = await noticed(act, answer, true, { requestHandler: wrappedHandler() });
    for (const fast of [byAgents, byHandler]) {
      expect(fast.seen).toEqual(slow.seen);
      expect(fast.sent).toBe(slow.sent);
      expect([fast.isFast[0], slow.isFast[0]]).toEqual([true, false]);
    }
  });
});
