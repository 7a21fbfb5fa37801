import type { GcsRequest } from "./send-once.js";

/** The headers and the body of a request that carries a JSON resource, or nothing. */
export function jsonBody(
  resource: Readonly<Record<string, unknown>> | undefined,
): Required<Pick<GcsRequest, "headers" | "body">> {
  if (resource === undefined) return { headers: { "content-length": "0" }, body: [] };
  const bytes = Buffer.from(JSON.stringify(resource));
  const headers = {
    "content-type": "application/json; charset=UTF-8",
    "content-length": `${bytes.byteLength}`,
  };
  return { headers, body: [bytes] };
}
