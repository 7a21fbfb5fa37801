import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { Storage } from "@google-cloud/storage";
import { bucketAndRoot, parseStoreUrl, type StoreUrlForm } from "@keywhen/adapter-kit";
import type { OpenedSchedule } from "@keywhen/core/store";
import { gcsStore } from "./gcs-store.js";
import { bucketProblem } from "./name-problem.js";

const FORM: StoreUrlForm = {
  scheme: "gs",
  example: "gs://bucket/root?endpoint=…",
  parameters: ["endpoint"],
};
const BUCKET = { missing: "it has no bucket name", problemOf: bucketProblem };

/**
 * Opens `gs://bucket/root?endpoint=https://…`. Only the bucket is required. It uses the application
 * default credentials, as Google's client finds them (`GOOGLE_APPLICATION_CREDENTIALS`, gcloud's, the machine's). A custom
 * endpoint, or the endpoint in `STORAGE_EMULATOR_HOST`, gets no credentials.
 */
export async function open(
  url: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<OpenedSchedule> {
  const parsed = parseStoreUrl(url, FORM);
  const { bucket, root } = bucketAndRoot([parsed.host, ...parsed.path], BUCKET, parsed.invalid);
  const apiEndpoint = parsed.endpoint("endpoint") ?? emulatorIn(env);
  const client = new Storage(apiEndpoint === undefined ? {} : { apiEndpoint });
  const isPlain = client.apiEndpoint.startsWith("http:");
  const agent = new (isPlain ? HttpAgent : HttpsAgent)({ keepAlive: true });
  return {
    store: gcsStore({ client, agent }),
    bucket,
    root,
    [Symbol.asyncDispose]: async () => agent.destroy(),
  };
}

/** The variable is usually set without `http://`. */
function emulatorIn(env: Readonly<Record<string, string | undefined>>): string | undefined {
  const host = env["STORAGE_EMULATOR_HOST"];
  if (!host) return undefined;
  return /^https?:\/\//.test(host) ? host : `http://${host}`;
}
