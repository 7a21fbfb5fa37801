import type { RequestOptions } from "node:https";
import type { Client } from "minio";

/** A request before it is signed. */
export interface UnsignedRequest {
  readonly method: string;
  readonly bucket: string;
  readonly key?: string | undefined;
  /** As the URL has it. */
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Hex SHA-256 of the body; undefined for a stream, whose payload is not signed. */
  readonly sha256: string | undefined;
}

/** The region for a client that has none: to ask the server for the bucket's region would cost a request. */
const USUAL_REGION = "us-east-1";

/**
 * Makes the client build and sign a request without sending it: when the client sends, it repeats failed requests and hides
 * their answers.
 */
export async function signRequest(
  client: Client,
  { method, bucket, key, query, headers, sha256 }: UnsignedRequest,
): Promise<RequestOptions> {
  let signed: RequestOptions | undefined;
  const transport = {
    request: (options: RequestOptions) => {
      signed = options;
      throw new Error("signed, not sent");
    },
  };
  const isHashed = client.enableSHA256 && sha256 !== undefined;
  const view: Client = Object.create(client, {
    transport: { value: transport },
    enableSHA256: { value: isHashed },
  });
  const request = {
    method,
    bucketName: bucket,
    ...(key === undefined ? {} : { objectName: key }),
    query,
    headers: { ...headers },
  };
  try {
    const region = client.region ?? USUAL_REGION;
    await view.makeRequestStreamAsync(request, "", isHashed ? sha256 : "", [], region);
  } catch (error) {
    if (signed === undefined) throw error;
  }
  if (signed === undefined) throw new TypeError("the client sends without its transport");
  return signed;
}
