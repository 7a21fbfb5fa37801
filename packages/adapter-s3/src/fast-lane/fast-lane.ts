import type { S3Client } from "@aws-sdk/client-s3";
import { untilAborted } from "@keywhen/core/adapter";
import {
  type Purpose,
  type S3OperationName,
  type S3Operations,
  type Send,
  toStoreError,
} from "@keywhen/s3-protocol";
import { dateIn, type SendBySdk } from "../send-once.js";
import { type BucketPlace, placeIn } from "./bucket-place.js";
import { COPY_OBJECT } from "./copy-object.js";
import { DELETE_OBJECTS } from "./delete-objects.js";
import { type Answer, exchange } from "./exchange.js";
import type { FastOperation, Question } from "./fast-operation.js";
import { knownPlaces } from "./known-places.js";
import { LIST_OBJECTS } from "./list-objects.js";
import { isPlainClient } from "./plain-client.js";
import { traceId } from "./trace-id.js";
import { wireRequest } from "./wire-request.js";

/** The requests of which a sweep sends many. */
const FAST: { readonly [N in S3OperationName]?: FastOperation<N> } = {
  CopyObject: COPY_OBJECT,
  ListObjectsV2: LIST_OBJECTS,
  DeleteObjects: DELETE_OBJECTS,
};

/**
 * Sends the requests of which a sweep sends many past the SDK's middleware, signed here, over the client's own
 * request handler, to where the SDK itself sent the first one of their bucket. What comes is what the SDK would
 * have made of it: every answer but a plain result is given to the SDK to read, and nothing is sent twice.
 */
export function fastLane(bySdk: SendBySdk, client: S3Client): Send {
  if (!isPlainClient(client)) return bySdk;
  const places = knownPlaces(() => performance.now());

  const learn = async <N extends S3OperationName>(
    name: N,
    input: S3Operations[N]["input"],
    purpose: Purpose,
    key: string | undefined,
  ) =>
    places.learnBy(input.Bucket, (found) => {
      const onSigned = (request: unknown) => {
        placeBy(client, request, key).then(found, () => found(undefined));
      };
      return bySdk(name, input, purpose, { onSigned });
    });

  return async (name, input, purpose) => {
    const operation = FAST[name];
    const question = operation?.ask(input);
    if (operation === undefined || question === undefined) return bySdk(name, input, purpose);
    const { Bucket: bucket } = input;
    if (places.isDue(bucket)) return learn(name, input, purpose, question.key);
    const known = places.of(bucket);
    const place = known instanceof Promise ? await learned(known, purpose) : known;
    if (place === undefined) return bySdk(name, input, purpose);
    const answer = await sendBeside(client, place, question, purpose);
    const output = answer.status === 200 ? operation.read(answer.text) : undefined;
    if (output !== undefined) return output;
    if (!isOfThisPlace(answer)) places.forget(bucket);
    return bySdk(name, input, purpose, { answer: answer.response });
  };
}

/** Waits for another request to learn a bucket's place. */
async function learned(
  learning: Promise<BucketPlace | undefined>,
  purpose: Purpose,
): Promise<BucketPlace | undefined> {
  try {
    return await untilAborted(learning, purpose.call?.signal);
  } catch (error) {
    throw toStoreError({ ...purpose, sent: false, status: undefined, error, aborted: true });
  }
}

async function placeBy(
  client: S3Client,
  request: unknown,
  key: string | undefined,
): Promise<BucketPlace | undefined> {
  if (await client.config.disableClockSkewCorrection?.()) return undefined;
  return placeIn(request, key, await client.config.credentials(), traceId());
}

async function sendBeside(
  client: S3Client,
  place: BucketPlace,
  question: Question,
  purpose: Purpose,
): Promise<Answer> {
  const { operation, kind = operation, call } = purpose;
  const { signal } = call ?? {};
  const seen: { sent: boolean; status: number | undefined } = { sent: false, status: undefined };
  const send = async () => {
    const { config } = client;
    const credentials = await config.credentials();
    const request = wireRequest(
      place,
      question,
      credentials,
      Date.now() + config.systemClockOffset,
    );
    signal?.throwIfAborted();
    seen.sent = true;
    call?.onRequest?.(kind);
    return exchange(config.requestHandler, request, signal, (status, headers) => {
      seen.status = status;
      const date = call?.onDate && dateIn(headers);
      if (date !== undefined) call?.onDate?.(date);
    });
  };
  try {
    signal?.throwIfAborted();
    // The credentials may take their time, and a handler may not know the signal.
    return await untilAborted(send(), signal);
  } catch (error) {
    throw toStoreError({ ...purpose, ...seen, error, aborted: signal?.aborted === true });
  }
}

/** Neither a redirect nor a refusal, which another endpoint, region or time of the signature may turn into a result. */
function isOfThisPlace({ status }: Answer): boolean {
  return status < 300 || status === 404 || status === 412 || status === 429 || status >= 500;
}
