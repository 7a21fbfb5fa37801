import { type Copying, checkName } from "@keywhen/adapter-kit";
import { type CopyResult, ObjectStoreError } from "@keywhen/core/store";
import { apiUrl, type GcsConnection, objectPath } from "./gcs-connection.js";
import { describeObject } from "./get-object.js";
import { nameProblem } from "./name-problem.js";
import { metadataIn, objectInfo } from "./object-resource.js";
import { jsonBody } from "./request-body.js";
import { ask } from "./send-once.js";
import { saysMissing } from "./store-errors.js";

const SOURCE_GONE: CopyResult = { outcome: "source-gone" };

/**
 * Cloud Storage's own move, inside one bucket and in one step. It takes no metadata, so new metadata is written to the source
 * first. If the move then fails, the source stays in place with the new metadata.
 */
export async function moveObject(gcs: GcsConnection, copying: Copying): Promise<CopyResult> {
  const { source, target, options } = copying;
  for (const ref of [source, target]) checkName("move", ref, nameProblem);
  if (source.bucket !== target.bucket) throw acrossBuckets(copying);
  let generation: string | undefined;
  if (options.metadata !== undefined) {
    generation = await replaceMetadata(gcs, copying, options.metadata);
    if (generation === undefined) return SOURCE_GONE;
  }
  const path = `${objectPath(source)}/moveTo/o/${encodeURIComponent(target.key)}`;
  const url = apiUrl(gcs, path, { ifSourceGenerationMatch: generation });
  const purpose = { ...target, operation: "move", call: options } as const;
  const answer = await ask(gcs, { method: "POST", url, ...jsonBody(undefined) }, purpose);
  if (saysMissing(answer)) return SOURCE_GONE;
  if (answer.status !== 200 || !objectInfo(answer.json)) throw answer.refusal();
  return { outcome: "copied" };
}

/** Returns the generation that has the new metadata; undefined if there is no such object. */
async function replaceMetadata(
  gcs: GcsConnection,
  { source, options }: Copying,
  metadata: Readonly<Record<string, string>>,
): Promise<string | undefined> {
  const use = { operation: "move", call: options, prepares: true } as const;
  const described = await describeObject(gcs, source, use);
  if (described === undefined) return undefined;
  const generation = described.info.version;
  // A patch keeps the names that it does not have.
  const before = Object.keys(metadataIn(described.resource)).map((name) => [name, null]);
  const change = { metadata: { ...Object.fromEntries(before), ...metadata } };
  const url = apiUrl(gcs, objectPath(source), { ifGenerationMatch: generation });
  const purpose = { ...source, ...use, kind: "put" } as const;
  const answer = await ask(gcs, { method: "PATCH", url, ...jsonBody(change) }, purpose);
  if (saysMissing(answer)) return undefined;
  if (answer.status !== 200) throw answer.refusal();
  return generation;
}

function acrossBuckets({ source, target }: Copying): ObjectStoreError {
  const message = `Cloud Storage moves inside one bucket only, not from ${source.bucket}: copy it instead`;
  return new ObjectStoreError({ ...target, code: "not-supported", operation: "move", message });
}
