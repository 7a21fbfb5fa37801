import { S3Client, type S3ClientConfig } from "@aws-sdk/client-s3";
import {
  bucketAndRoot,
  endpointProblem,
  parseStoreUrl,
  type StoreUrl,
  type StoreUrlForm,
} from "@keywhen/adapter-kit";
import { KeywhenError } from "@keywhen/core";
import type { OpenedSchedule } from "@keywhen/core/store";
import { bucketProblem, inspectorOf, SETTING_PARAMETERS, settingsIn } from "@keywhen/s3-protocol";
import { s3Store } from "./s3-store.js";
import { onceClient, sendThrough } from "./send-once.js";

const PARAMETERS = ["region", "endpoint", "path-style", "fast-lane", ...SETTING_PARAMETERS];
const FORM: StoreUrlForm = {
  scheme: "s3",
  example: `s3://bucket/root?${PARAMETERS.map((name) => `${name}=…`).join("&")}`,
  parameters: PARAMETERS,
};
const BUCKET = { missing: "it has no bucket name", problemOf: bucketProblem };
/** One connection for each request in flight. keywhen bounds their number; the SDK's default of 50 would slow a sweep down. */
const MAX_SOCKETS = Number.POSITIVE_INFINITY;

/**
 * Opens `s3://bucket/root?region=…&endpoint=https://…&path-style=true&service=r2`. Only the bucket is required.
 * Otherwise credentials, region, profile and endpoint come from the AWS SDK's sources (`AWS_ACCESS_KEY_ID`, `AWS_PROFILE`,
 * `AWS_REGION`, `AWS_ENDPOINT_URL_S3`, roles, files).
 *
 * With a custom endpoint the bucket goes in the path (`path-style`), as all stores but AWS require, and `service` (`r2`,
 * `ceph`, `minio`) names the store. keywhen uses no condition of a put on a `generic` store, unless `conditional-put=true`
 * says that it was proved. `fast-lane=false` sends everything through the SDK.
 */
export async function open(
  url: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<OpenedSchedule> {
  const parsed = parseStoreUrl(url, FORM);
  const { bucket, root } = bucketAndRoot([parsed.host, ...parsed.path], BUCKET, parsed.invalid);
  const endpoint = parsed.endpoint("endpoint");
  const isOwn = endpoint !== undefined || isNamedBy(env);
  const settings = settingsIn(parsed, isOwn ? "generic" : undefined);
  const fastLane = parsed.boolean("fast-lane");
  const client = new S3Client(clientConfig(parsed, { endpoint, isOwn, env }));
  const inspected = { ...settings, service: settings.service ?? "aws", bucket, root };
  return {
    store: s3Store({ client, fastLane, ...settings }),
    bucket,
    root,
    inspect: inspectorOf(sendThrough(onceClient(client)), inspected),
    [Symbol.asyncDispose]: async () => client.destroy(),
  };
}

/** The SDK takes its endpoint from the first of these variables that is set. */
const ENDPOINT_VARIABLES = ["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"];

/** Whether a variable names the endpoint. The SDK's errors don't name the variable, so its value is checked here. */
function isNamedBy(env: Surroundings["env"]): boolean {
  const name = ENDPOINT_VARIABLES.find((variable) => env[variable]);
  if (name === undefined) return false;
  const problem = endpointProblem(env[name] ?? "");
  if (problem === undefined) return true;
  const advice = `Write ${name}=https://s3.example.com, without quotes.`;
  throw new KeywhenError("invalid-option", `${name} ${problem}. ${advice}`);
}

interface Surroundings {
  readonly endpoint: string | undefined;
  /** The endpoint is custom: from the URL or from a variable. */
  readonly isOwn: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** An empty variable counts as unset. */
function clientConfig(url: StoreUrl, { endpoint, isOwn, env }: Surroundings): S3ClientConfig {
  const region = url.parameters.get("region") ?? (env["AWS_REGION"] || env["AWS_DEFAULT_REGION"]);
  const agent = { maxSockets: MAX_SOCKETS };
  return {
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(region ? { region } : {}),
    forcePathStyle: url.boolean("path-style") ?? isOwn,
    requestHandler: { httpAgent: agent, httpsAgent: agent },
  };
}
