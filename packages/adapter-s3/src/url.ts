import { S3Client, type S3ClientConfig } from "@aws-sdk/client-s3";
import { KeywhenError } from "@keywhen/core";
import type { OpenedHome } from "@keywhen/core/store";
import { booleanIn, inspectBucket, SETTING_PARAMETERS, settingsIn } from "@keywhen/s3-protocol";
import { s3Store } from "./s3-store.js";
import { onceClient, sendThrough } from "./send-once.js";

const PARAMETERS = ["region", "endpoint", "path-style", "fast-lane", ...SETTING_PARAMETERS];
const FORM = `s3://bucket/root?${PARAMETERS.map((name) => `${name}=…`).join("&")}`;
/** As many as requests under way, which keywhen bounds itself: the SDK's own 50 would hold back a sweep. */
const MAX_SOCKETS = Number.POSITIVE_INFINITY;

/**
 * Opens `s3://bucket/root?region=…&endpoint=https://…&path-style=true&service=r2`. Everything but the bucket may be
 * left out: credentials, region, profile and endpoint then come from where the AWS SDK looks for them
 * (`AWS_ACCESS_KEY_ID`, `AWS_PROFILE`, `AWS_REGION`, `AWS_ENDPOINT_URL_S3`, roles, its files).
 *
 * With an endpoint of one's own the bucket goes in the path (`path-style`), as all stores but AWS take it,
 * and `service` (`r2`, `ceph`, `minio`) says whose it is; of a `generic` one no condition of a put is
 * believed, unless `conditional-put=true` says that it was proved. `fast-lane=false` sends everything through the SDK.
 */
export async function open(
  url: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<OpenedHome> {
  const { bucket, root, parameters } = partsOf(url);
  const settings = settingsIn(
    parameters,
    isOwnEndpoint(parameters, env) ? "generic" : undefined,
    invalid,
  );
  const fastLane = booleanIn("fast-lane", parameters, invalid);
  const client = new S3Client(clientConfig(parameters, env));
  return {
    store: s3Store({ client, fastLane, ...settings }),
    bucket,
    root,
    inspect: (call) =>
      inspectBucket(sendThrough(onceClient(client)), { bucket, root: root ?? "keywhen" }, call),
    [Symbol.asyncDispose]: async () => client.destroy(),
  };
}

interface UrlParts {
  readonly bucket: string;
  readonly root: string | undefined;
  readonly parameters: ReadonlyMap<string, string>;
}

function partsOf(text: string): UrlParts {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== "s3:") throw invalid("it begins with s3://");
  if (url.username || url.password) {
    throw invalid("it holds no credentials; they come from the environment or a profile");
  }
  if (!url.hostname) throw invalid("it names a bucket");
  if (url.port || url.hash) throw invalid("it has neither a port nor a #");
  const root = decoded(url.pathname).replace(/^\/+|\/+$/g, "");
  return { bucket: url.hostname, root: root || undefined, parameters: parametersOf(url) };
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw invalid("a % in its root is written %25");
  }
}

function parametersOf(url: URL): ReadonlyMap<string, string> {
  const unknown = [...url.searchParams.keys()].find((name) => !PARAMETERS.includes(name));
  if (unknown !== undefined) {
    throw invalid(`there is no "${unknown}"; there are: ${PARAMETERS.join(", ")}`);
  }
  return new Map(url.searchParams);
}

function clientConfig(
  parameters: ReadonlyMap<string, string>,
  env: Readonly<Record<string, string | undefined>>,
): S3ClientConfig {
  const endpoint = parameters.get("endpoint");
  const region = parameters.get("region") ?? env["AWS_REGION"] ?? env["AWS_DEFAULT_REGION"];
  const agent = { maxSockets: MAX_SOCKETS };
  return {
    ...(endpoint === undefined ? {} : { endpoint: checkedEndpoint(endpoint) }),
    ...(region === undefined ? {} : { region }),
    forcePathStyle: booleanIn("path-style", parameters, invalid) ?? isOwnEndpoint(parameters, env),
    requestHandler: { httpAgent: agent, httpsAgent: agent },
  };
}

function checkedEndpoint(endpoint: string): string {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (url?.protocol !== "http:" && url?.protocol !== "https:") {
    throw invalid("its endpoint begins with https:// or http://");
  }
  if (url.username || url.password) throw invalid("its endpoint holds no credentials");
  return endpoint;
}

function isOwnEndpoint(
  parameters: ReadonlyMap<string, string>,
  env: Readonly<Record<string, string | undefined>>,
): boolean {
  const own = parameters.get("endpoint") ?? env["AWS_ENDPOINT_URL_S3"] ?? env["AWS_ENDPOINT_URL"];
  return Boolean(own);
}

/** The URL itself is not repeated: it may hold a secret by mistake. */
function invalid(rule: string): KeywhenError {
  return new KeywhenError("invalid-option", `store URL: ${rule}. Write ${FORM}`);
}
