import http from "node:http";
import https from "node:https";
import {
  bucketAndRoot,
  parseStoreUrl,
  type StoreUrl,
  type StoreUrlForm,
} from "@keywhen/adapter-kit";
import { KeywhenError } from "@keywhen/core";
import type { OpenedSchedule } from "@keywhen/core/store";
import { bucketProblem, inspectorOf, SETTING_PARAMETERS, settingsIn } from "@keywhen/s3-protocol";
import { Client } from "minio";
import { minioStore } from "./minio-store.js";
import { sendThrough } from "./send-through.js";

const PARAMETERS = ["tls", "region", "path-style", ...SETTING_PARAMETERS];
const FORM: StoreUrlForm = {
  scheme: "minio",
  example: "minio://host:9000/bucket/root?tls=false&region=…&service=ceph",
  parameters: PARAMETERS,
  hasPort: true,
};
const MAX_SOCKETS = 256;

type Env = Readonly<Record<string, string | undefined>>;

/**
 * Opens `minio://host:9000/bucket/root?tls=false&region=…&service=…` with `MINIO_ACCESS_KEY` and
 * `MINIO_SECRET_KEY`. It uses TLS unless `tls=false`. The default port is 443 with TLS and 80 without. `service`
 * (`minio`, `ceph`, …) names the kind of server. `conditional-put=true` says that the server was proved to honor puts with a
 * condition.
 */
export async function open(url: string, env: Env): Promise<OpenedSchedule> {
  const parsed = parseStoreUrl(url, FORM);
  const { endpoint, bucket, root } = placeIn(parsed);
  const settings = settingsIn(parsed, "minio");
  const useSSL = parsed.boolean("tls") ?? true;
  const pathStyle = parsed.boolean("path-style") ?? true;
  const agent = new (useSSL ? https : http).Agent({ keepAlive: true, maxSockets: MAX_SOCKETS });
  const region = parsed.parameters.get("region");
  const client = new Client({
    ...endpoint,
    ...credentialsIn(env),
    ...(region === undefined ? {} : { region }),
    useSSL,
    pathStyle,
    transportAgent: agent,
  });
  const inspected = { ...settings, service: settings.service ?? "minio", bucket, root };
  return {
    store: minioStore({ client, ...settings }),
    bucket,
    root,
    inspect: inspectorOf(sendThrough(client), inspected),
    [Symbol.asyncDispose]: async () => agent.destroy(),
  };
}

function credentialsIn(env: Env): { accessKey: string; secretKey: string } {
  const accessKey = env["MINIO_ACCESS_KEY"];
  const secretKey = env["MINIO_SECRET_KEY"];
  if (accessKey && secretKey) return { accessKey, secretKey };
  const message = "no MinIO credentials found: set MINIO_ACCESS_KEY and MINIO_SECRET_KEY";
  throw new KeywhenError("invalid-option", message);
}

function placeIn({ host, port, path, invalid }: StoreUrl) {
  if (host === "") throw invalid("it has no host");
  const missing = `it must name a host and a bucket; "${host}" has no bucket`;
  return {
    endpoint: { endPoint: host, ...(port === undefined ? {} : { port }) },
    ...bucketAndRoot(path, { missing, problemOf: bucketProblem }, invalid),
  };
}
