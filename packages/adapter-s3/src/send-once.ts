import { Readable } from "node:stream";
import type { S3Client, ServiceInputTypes, ServiceOutputTypes } from "@aws-sdk/client-s3";
import {
  answerDate,
  checkAddress,
  type Purpose,
  type RequestAddress,
  socketsRead,
  thrownText,
  untilAborted,
} from "@keywhen/adapter-kit";
import { KeywhenError } from "@keywhen/core";
import { isStoreError, ObjectStoreError } from "@keywhen/core/store";
import type { SendBySdk, SendBySdkOptions } from "@keywhen/s3-fast-lane";
import {
  checkAnswer,
  hasReadableBody,
  type ResponseHead,
  readAnswer,
  type S3OperationName,
  toStoreError,
} from "@keywhen/s3-protocol";
import { S3_COMMANDS, type S3Command } from "./s3-commands.js";

/**
 * A view of a client that sends each command once: the same handler, credentials, endpoint, region and middleware, without
 * retries. Does not change the client.
 */
export function onceClient(client: S3Client): S3Client {
  const middlewareStack = client.middlewareStack.clone();
  // Replaced, not removed: the user's middleware may be relative to it.
  middlewareStack.add((next) => next, {
    name: "retryMiddleware",
    step: "finalizeRequest",
    priority: "high",
    override: true,
  });
  return Object.create(client, { middlewareStack: { value: middlewareStack } });
}

/**
 * The view for bodies that are streams. A checksum would make the SDK send them in chunks with a trailer, which not every
 * store takes, and a redirect would read them twice.
 */
function streamClient(once: S3Client): S3Client {
  const middlewareStack = once.middlewareStack.clone();
  middlewareStack.remove("regionRedirectMiddleware");
  // A spread, not a prototype, because the SDK spreads it, too.
  const config = { ...once.config, requestChecksumCalculation: async () => "WHEN_REQUIRED" };
  return Object.create(once, {
    middlewareStack: { value: middlewareStack },
    config: { value: config },
  });
}

/** Sends through a view that `onceClient` made. Sends conditions only to AWS if the service is only assumed. */
export function sendThrough(
  once: S3Client,
  { isServiceAssumed = false }: { readonly isServiceAssumed?: boolean } = {},
): SendBySdk {
  const forStreams = streamClient(once);
  return async (name, input, purpose, options = {}) => {
    const { signal } = purpose.call ?? {};
    const seen = seenOf(options.answer);
    const client = "Body" in input && input.Body instanceof Readable ? forStreams : once;
    try {
      signal?.throwIfAborted();
      const sending = S3_COMMANDS[name]((command) => {
        if (isServiceAssumed && isConditional(input)) onlyToAws(command, purpose);
        const key = "Key" in input ? input.Key : undefined;
        const meant = { operation: purpose.operation, bucket: input.Bucket, key };
        watch(command, { ...purpose, name, meant }, seen, options);
        // Always with options: without them the SDK may use handlers that the user's client has cached.
        return client.send(command, signal === undefined ? {} : { abortSignal: signal });
      }, input);
      // The SDK may notice an abort late, while it looks for credentials or waits for a socket.
      return await untilAborted(sending, signal);
    } catch (error) {
      if (isStoreError(error)) throw error;
      if (!seen.sent) await checkRegion(client);
      throw toStoreError({ ...purpose, ...seen, error, aborted: signal?.aborted === true });
    }
  };
}

/** Throws `invalid-option` if the client has no region or an impossible one: no permission and no retry would help. */
async function checkRegion({ config }: S3Client): Promise<void> {
  try {
    await config.region();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const isMissing = /^Region is missing|region=""/.test(reason);
    const message = isMissing
      ? NO_REGION
      : `The AWS region can't be used (${reason}): set AWS_REGION, or give the client another region.`;
    throw new KeywhenError("invalid-option", message, { cause });
  }
}

const NO_REGION =
  "No AWS region is set: set AWS_REGION, give the client a region, or add region=… to the store URL.";

/** The domains of AWS's partitions, as its SDK lists them. */
const AWS_HOSTS =
  /\.(amazonaws\.com(\.cn)?|amazonaws\.eu|api\.aws(\.scloud|(\.hci)?\.ic\.gov)?|api\.amazonwebservices\.(com\.cn|eu)|c2s\.ic\.gov|csp\.hci\.ic\.gov|sc2s\.sgov\.gov|cloud\.adc-e\.uk|api\.cloud-aws\.adc-e\.uk)$/;

function isConditional(input: object): boolean {
  return ("IfMatch" in input && Boolean(input.IfMatch)) || "IfNoneMatch" in input;
}

/** Refuses a request to another endpoint, which the SDK may have read from its files. */
function onlyToAws<I extends ServiceInputTypes, O extends ServiceOutputTypes>(
  command: S3Command<I, O>,
  { bucket, key }: Purpose,
): void {
  command.middlewareStack.add(
    (next) => (args) => {
      if (AWS_HOSTS.test(addressOf(args.request).hostname)) return next(args);
      const message =
        "the AWS configuration names another endpoint: set `service` to its store, because keywhen does not know whether it honors the condition of a put";
      throw new ObjectStoreError({ code: "not-supported", operation: "put", bucket, key, message });
    },
    { name: "keywhenOnlyToAws", step: "build" },
  );
}

function addressOf(request: unknown): RequestAddress {
  return {
    hostname: thrownText(request, "hostname") ?? "",
    path: thrownText(request, "path") ?? "",
  };
}

interface Seen {
  sent: boolean;
  status: number | undefined;
}

function seenOf(answer: object | undefined): Seen {
  return { sent: answer !== undefined, status: answerOf(answer).status };
}

/** The purpose of a request, with its name in S3. */
interface WatchedPurpose extends Purpose {
  readonly name: S3OperationName;
  /** The object or bucket that the request must go to: not always that of the call. */
  readonly meant: Pick<Purpose, "operation" | "bucket" | "key">;
}

/** Returns the answer for the SDK to read. Throws for a 2xx that doesn't confirm the request. */
async function believed(response: unknown, purpose: WatchedPurpose): Promise<unknown> {
  const { name } = purpose;
  if (!isResponseHead(response) || response.statusCode < 200 || response.statusCode > 299) {
    return response;
  }
  const { statusCode: status } = response;
  if (!hasReadableBody(name)) {
    checkAnswer(name, { status, text: "" }, purpose);
    return response;
  }
  const { text, again } = await readAnswer(response);
  checkAnswer(name, { status, text }, purpose);
  return again();
}

function isResponseHead(response: unknown): response is ResponseHead {
  if (typeof response !== "object" || response === null) return false;
  return "statusCode" in response && typeof response.statusCode === "number";
}

/** Runs last before the request is sent, and first when its answer comes. */
function watch<I extends ServiceInputTypes, O extends ServiceOutputTypes>(
  command: S3Command<I, O>,
  purpose: WatchedPurpose,
  seen: Seen,
  { onSigned, answer }: SendBySdkOptions,
): void {
  const { operation, kind = operation, call, meant } = purpose;
  command.middlewareStack.add(
    (next) => async (args) => {
      if (answer !== undefined) return { response: await believed(answer, purpose) };
      checkAddress(addressOf(args.request), meant);
      onSigned?.(args.request);
      seen.sent = true;
      call?.onRequest?.(kind);
      const result = await next(args);
      const { status, date } = answerOf(result.response);
      seen.status = status;
      if (date !== undefined) call?.onDate?.(date);
      // A part of a stream is released before the next one is read: together they would take twice the memory.
      if (!("UploadId" in args.input)) await socketsRead();
      return { response: await believed(result.response, purpose) };
    },
    { name: "keywhenWatch", step: "deserialize", priority: "low" },
  );
}

function answerOf(response: unknown): {
  status?: number | undefined;
  date?: Date | undefined;
} {
  if (typeof response !== "object" || response === null) return {};
  const status = "statusCode" in response ? Number(response.statusCode) : Number.NaN;
  const headers = "headers" in response ? response.headers : undefined;
  const date = answerDate(Reflect.get(Object(headers), "date"));
  return {
    ...(Number.isInteger(status) ? { status } : {}),
    ...(date === undefined ? {} : { date }),
  };
}
