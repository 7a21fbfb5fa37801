import { type Copying, checkName } from "@keywhen/adapter-kit";
import { type CopyResult, ObjectStoreError } from "@keywhen/core/store";
import { apiUrl, type GcsConnection, objectPath } from "./gcs-connection.js";
import { describeObject } from "./get-object.js";
import { objectIn, textIn } from "./json-fields.js";
import { nameProblem } from "./name-problem.js";
import { carriedResource, objectInfo } from "./object-resource.js";
import { jsonBody } from "./request-body.js";
import { ask, type GcsAnswer } from "./send-once.js";
import { saysMissing } from "./store-errors.js";

const COPIED: CopyResult = { outcome: "copied" };
const SOURCE_GONE: CopyResult = { outcome: "source-gone" };

/**
 * Copies inside the store (a rewrite): one request, or several for large objects between locations or storage classes, each
 * with the token of the last answer. The target appears with the last request.
 */
export async function copyObject(gcs: GcsConnection, copying: Copying): Promise<CopyResult> {
  const { source, target, options } = copying;
  for (const ref of [source, target]) checkName("copy", ref, nameProblem);
  if (options.metadata === undefined) return rewrite(gcs, copying, {});
  const use = { operation: "copy", call: options, prepares: true } as const;
  const described = await describeObject(gcs, source, use);
  if (described === undefined) return SOURCE_GONE;
  const resource = carriedResource(described.resource, options.metadata);
  return rewrite(gcs, copying, { resource, generation: described.info.version });
}

interface RewriteDetails {
  /** Replaces everything that the source has. */
  readonly resource?: Readonly<Record<string, unknown>>;
  /** The generation of the source that the resource was made from. */
  readonly generation?: string;
}

async function rewrite(
  gcs: GcsConnection,
  copying: Copying,
  { resource, generation }: RewriteDetails,
): Promise<CopyResult> {
  const { source, target, options } = copying;
  const path = `${objectPath(source)}/rewriteTo${objectPath(target)}`;
  const purpose = { ...target, operation: "copy", call: options } as const;
  let rewriteToken: string | undefined;
  for (;;) {
    const url = apiUrl(gcs, path, { ifSourceGenerationMatch: generation, rewriteToken });
    const answer = await ask(gcs, { method: "POST", url, ...jsonBody(resource) }, purpose);
    if (saysMissing(answer)) return resultOfMissing(gcs, copying, answer);
    const progress = progressIn(answer);
    if (progress.isDone) return COPIED;
    rewriteToken = progress.token;
  }
}

type Progress = { readonly isDone: true } | { readonly isDone: false; readonly token: string };

/** Done only if the answer describes the new object. Throws for an answer that is neither done nor has a token. */
function progressIn({ status, json, refusal }: GcsAnswer): Progress {
  if (status !== 200) throw refusal();
  const token = textIn(json?.["rewriteToken"]);
  if (json?.["done"] === true && objectInfo(objectIn(json["resource"]))) return { isDone: true };
  if (json?.["done"] === false && token) return { isDone: false, token };
  throw refusal();
}

/** The answer does not say whether the source or the target's bucket is missing, so this looks for the source. */
async function resultOfMissing(
  gcs: GcsConnection,
  { source, target, options }: Copying,
  answer: GcsAnswer,
): Promise<CopyResult> {
  const use = { operation: "copy", call: options, prepares: true } as const;
  if ((await describeObject(gcs, source, use)) === undefined) return SOURCE_GONE;
  const message = "there is no such bucket: create it";
  const details = { ...target, code: "no-such-bucket", operation: "copy" } as const;
  throw new ObjectStoreError({ ...details, message, cause: answer.refusal() });
}
