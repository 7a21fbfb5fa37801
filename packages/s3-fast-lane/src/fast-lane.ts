import type { S3Client } from "@aws-sdk/client-s3";
import { type Purpose, untilAborted } from "@keywhen/adapter-kit";
import {
  type S3OperationName,
  type S3Operations,
  type Send,
  toStoreError,
} from "@keywhen/s3-protocol";
import { type BucketPlace, placeIn } from "./bucket-place.js";
import { COPY_OBJECT } from "./copy-object.js";
import { type KeptCredentials, keptCredentials } from "./credentials.js";
import { DELETE_OBJECTS } from "./delete-objects.js";
import type { FastOperation, Question } from "./fast-operation.js";
import { type KnownPlaces, knownPlaces } from "./known-places.js";
import { LIST_OBJECTS } from "./list-objects.js";
import { type AgentOf, agentOfOwn, isPlainClient, plainClient } from "./sdk-client.js";
import { sendDirectly } from "./send-directly.js";
import { type TraceId, traceIds } from "./signed-request.js";

/** Options of a request through the SDK for the fast lane. */
export interface SendBySdkOptions {
  /** Receives the signed request before it is sent. */
  readonly onSigned?: ((request: unknown) => void) | undefined;
  /** An answer that has already come: the SDK reads it and sends nothing. */
  readonly answer?: object | undefined;
}

/** `Send` through the SDK's middleware. */
export type SendBySdk = <N extends S3OperationName>(
  name: N,
  input: S3Operations[N]["input"],
  purpose: Purpose,
  options?: SendBySdkOptions,
) => Promise<S3Operations[N]["output"]>;

/** The requests that a sweep sends in large numbers. */
const FAST: { readonly [N in S3OperationName]?: FastOperation<N> } = {
  CopyObject: COPY_OBJECT,
  ListObjectsV2: LIST_OBJECTS,
  DeleteObjects: DELETE_OBJECTS,
};
/** The first request of a sweep, which also shows where its bucket is. */
const ALSO_TELLING = "GetObject" satisfies S3OperationName;

interface Lane {
  readonly bySdk: SendBySdk;
  readonly client: S3Client;
  readonly agentOf: AgentOf;
  readonly credentials: KeptCredentials;
  readonly places: KnownPlaces;
  readonly traceId: TraceId;
}

/**
 * Sends the requests that a sweep sends in large numbers past the SDK's middleware. They are signed here and sent by the
 * client's request handler, to the place where the SDK sent the first request of their bucket. The caller gets the same
 * results and errors as from the SDK: the SDK reads every answer that is not a plain result. Nothing is sent twice.
 */
export function fastLane(bySdk: SendBySdk, client: S3Client): Send {
  const plain = plainClient();
  if (!isPlainClient(client, plain)) return bySdk;
  const monotonic = () => performance.now();
  const lane: Lane = {
    bySdk,
    client,
    agentOf: agentOfOwn(plain.config.requestHandler),
    credentials: keptCredentials(() => client.config.credentials(), monotonic),
    places: knownPlaces(monotonic),
    traceId: traceIds(process.env),
  };
  return (name, input, purpose) => {
    const question = FAST[name]?.ask(input);
    const isTelling = question !== undefined || name === ALSO_TELLING;
    if (isTelling && lane.places.isDue(input.Bucket)) return learnBy(lane, name, input, purpose);
    return question === undefined
      ? bySdk(name, input, purpose)
      : sendFast(lane, name, input, purpose, question);
  };
}

/** Sends a request past the SDK if the place of its bucket is known. */
async function sendFast<N extends S3OperationName>(
  { bySdk, client, agentOf, credentials, places, traceId }: Lane,
  name: N,
  input: S3Operations[N]["input"],
  purpose: Purpose,
  question: Question,
): Promise<S3Operations[N]["output"]> {
  const known = places.of(input.Bucket);
  const place = known instanceof Promise ? await learned(known, purpose) : known;
  if (place === undefined) return bySdk(name, input, purpose);
  const sender = { client, agentOf, credentials, place, traceId: traceId() };
  const answer = await sendDirectly(sender, question, purpose);
  const output = answer.status === 200 ? FAST[name]?.read(answer.text) : undefined;
  if (output !== undefined) return output;
  if (!isOfThisPlace(answer)) places.forget(input.Bucket);
  return bySdk(name, input, purpose, { answer: answer.again() });
}

/** Sends a request through the SDK and learns from it where the bucket is. */
function learnBy<N extends S3OperationName>(
  { bySdk, client, places, traceId }: Lane,
  name: N,
  input: S3Operations[N]["input"],
  purpose: Purpose,
): Promise<S3Operations[N]["output"]> {
  const key = "Key" in input ? input.Key : undefined;
  const look = async (request: unknown) => {
    if (await client.config.disableClockSkewCorrection?.()) return undefined;
    return placeIn(request, key, await client.config.credentials(), traceId());
  };
  return places.learnBy(input.Bucket, (found) =>
    bySdk(name, input, purpose, {
      onSigned: (request) => void look(request).then(found, () => found(undefined)),
    }),
  );
}

/** Waits for the request that learns the place. */
async function learned(
  place: Promise<BucketPlace | undefined>,
  purpose: Purpose,
): Promise<BucketPlace | undefined> {
  try {
    return await untilAborted(place, purpose.call?.signal);
  } catch (error) {
    throw toStoreError({ ...purpose, sent: false, status: undefined, error, aborted: true });
  }
}

/** Whether an answer confirms the place: another endpoint, region or time of the signature would not change it. */
function isOfThisPlace({ status }: { readonly status: number }): boolean {
  return status < 300 || status === 404 || status === 412 || status === 429 || status >= 500;
}
