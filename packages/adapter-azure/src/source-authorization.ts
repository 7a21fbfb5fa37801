import {
  BlobSASPermissions,
  type BlobServiceClient,
  generateBlobSASQueryParameters,
  type HttpAuthorization,
  StorageSharedKeyCredential,
} from "@azure/storage-blob";
import type { ObjectRef } from "@keywhen/core/store";
import { blobOf } from "./blob-of.js";
import type { Abort } from "./send-once.js";

/** How Azure reads the source of a copy: for that it wants a right of its own, even in one account. */
interface AuthorizedSource {
  readonly url: string;
  readonly sourceAuthorization?: HttpAuthorization;
}

export type AuthorizeSource = (source: ObjectRef, abort: Abort) => Promise<AuthorizedSource>;

/** Longer than any request, and room for a clock that goes wrong. */
const SAS_LIFE_MS = 3_600_000;
const STORAGE_SCOPE = "https://storage.azure.com/.default";

/**
 * With a shared key each source gets a SAS that reads it for an hour; a token goes along as it is; an
 * address with a SAS of its own is its source's address, too.
 */
export function sourceAuthorization(
  client: BlobServiceClient,
  { withTags }: { readonly withTags: boolean },
): AuthorizeSource {
  const { credential } = client;
  const urlOf = (source: ObjectRef) => blobOf(client, source).url;
  if (credential instanceof StorageSharedKeyCredential) {
    const permissions = BlobSASPermissions.parse(withTags ? "rt" : "r");
    return async (source) => {
      const expiresOn = new Date(Date.now() + SAS_LIFE_MS);
      const place = { containerName: source.bucket, blobName: source.key };
      const values = { ...place, permissions, expiresOn };
      const sas = generateBlobSASQueryParameters(values, credential);
      return { url: `${urlOf(source)}?${sas}` };
    };
  }
  if (!("getToken" in credential)) return async (source) => ({ url: urlOf(source) });
  return async (source, abort) => {
    const token = await credential.getToken(scopeOf(client), abort);
    if (token === null) throw new Error("the credential gives no token");
    return { url: urlOf(source), sourceAuthorization: { scheme: "Bearer", value: token.token } };
  };
}

function scopeOf(client: BlobServiceClient): string | string[] {
  const audience: unknown = Reflect.get(
    Object(Reflect.get(Object(Reflect.get(client, "pipeline")), "options")),
    "audience",
  );
  return typeof audience === "string" ? audience : STORAGE_SCOPE;
}
