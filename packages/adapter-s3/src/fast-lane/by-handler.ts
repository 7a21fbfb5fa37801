import type { ResponseHead } from "./answer.js";
import type { BucketPlace } from "./bucket-place.js";
import type { RequestHandler } from "./own-handler.js";
import type { SignedRequest } from "./signed-request.js";

/** Sends a request by a handler of whatever kind, which is given what the SDK would give it. */
export async function sendByHandler(
  handler: RequestHandler,
  { protocol, hostname, port, prototype }: BucketPlace,
  request: SignedRequest,
  signal: AbortSignal | undefined,
): Promise<ResponseHead> {
  const place = { protocol, hostname, port };
  const { response } = await handler.handle(
    Object.assign(Object.create(prototype), place, request),
    signal === undefined ? {} : { abortSignal: signal },
  );
  return response;
}
