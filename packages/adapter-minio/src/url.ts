import http from "node:http";
import https from "node:https";
import { KeywhenError } from "@keywhen/core";
import type { OpenedHome } from "@keywhen/core/store";
import { booleanIn, inspectBucket, SETTING_PARAMETERS, settingsIn } from "@keywhen/s3-protocol";
import { Client } from "minio";
import { minioStore } from "./minio-store.js";
import { sendThrough } from "./send-through.js";

const PARAMETERS = ["tls", "region", "path-style", ...SETTING_PARAMETERS];
const FORM = "minio://host:9000/bucket/root?tls=false&region=…&service=ceph";
const MAX_SOCKETS = 256;

type Env = Readonly<Record<string, string | undefined>>;

/**
 * Opens `minio://host:9000/bucket/root?tls=false&region=…&service=…` with `MINIO_ACCESS_KEY` and
 * `MINIO_SECRET_KEY`. TLS unless `tls=false`; the port is 443 then, else 80, if none is given. `service`
 * (`minio`, `ceph`, …) says whose server it is; `conditional-put=true`, that it was proved to honour puts
 * with a condition.
 */
export async function open(url: string, env: Env): Promise<OpenedHome> {
  const { endpoint, bucket, root, parameters } = partsOf(url);
  const settings = settingsIn(parameters, "minio", invalid);
  const useSSL = booleanIn("tls", parameters, invalid) ?? true;
  const agent = new (useSSL ? https : http).Agent({ keepAlive: true, maxSockets: MAX_SOCKETS });
  const region = parameters.get("region");
  const client = new Client({
    ...endpoint,
    ...credentialsIn(env),
    ...(region === undefined ? {} : { region }),
    useSSL,
    pathStyle: booleanIn("path-style", parameters, invalid) ?? true,
    transportAgent: agent,
  });
  return {
    store: minioStore({ client, ...settings }),
    bucket,
    root,
    inspect: (call) =>
      inspectBucket(sendThrough(client), { bucket, root: root ?? "keywhen" }, call),
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

interface UrlParts {
  readonly endpoint: { readonly endPoint: string; readonly port?: number };
  readonly bucket: string;
  readonly root: string | undefined;
  readonly parameters: ReadonlyMap<string, string>;
}

function partsOf(text: string): UrlParts {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== "minio:") throw invalid("it begins with minio://");
  if (url.username || url.password) {
    throw invalid("it holds no credentials; they come from the environment");
  }
  const [bucket = "", ...folders] = decoded(url.pathname).split("/").filter(Boolean);
  if (!url.hostname || !bucket) throw invalid("it names a host and a bucket");
  if (url.hash) throw invalid("it has no #");
  return {
    endpoint: { endPoint: url.hostname, ...(url.port ? { port: Number(url.port) } : {}) },
    bucket,
    root: folders.join("/") || undefined,
    parameters: parametersOf(url),
  };
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw invalid("a % in it is written %25");
  }
}

function parametersOf(url: URL): ReadonlyMap<string, string> {
  const unknown = [...url.searchParams.keys()].find((name) => !PARAMETERS.includes(name));
  if (unknown !== undefined) {
    throw invalid(`there is no "${unknown}"; there are: ${PARAMETERS.join(", ")}`);
  }
  return new Map(url.searchParams);
}

/** The URL itself is not repeated: it may hold a secret by mistake. */
function invalid(rule: string): KeywhenError {
  return new KeywhenError("invalid-option", `store URL: ${rule}. Write ${FORM}`);
}
