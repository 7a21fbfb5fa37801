import {
  BlobSASPermissions,
  type BlobServiceClient,
  generateBlobSASQueryParameters,
  type HttpAuthorization,
  StorageSharedKeyCredential,
} from "@azure/storage-blob";
import type { ObjectRef } from "@keywhen/core/store";
import { blobOf } from "./azure-connection.js";
import type { Abort } from "./send-once.js";

/** How Azure reads the source of a copy: that needs a separate permission, even inside one account. */
interface AuthorizedSource {
  readonly url: string;
  readonly sourceAuthorization?: HttpAuthorization;
}

export type AuthorizeSource = (source: ObjectRef, abort: Abort) => Promise<AuthorizedSource>;

/** Longer than any request, with room for a clock that is wrong. */
const SAS_LIFE_MS = 3_600_000;
const STORAGE_SCOPE = "https://storage.azure.com/.default";

/**
 * With a shared key, each source gets a SAS that reads it for an hour. A token is sent along unchanged. A client whose
 * address has a SAS uses that SAS for the source, too.
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
    if (token === null) throw new Error("the credential returns no token: sign in again");
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

type Credential = BlobServiceClient["credential"];
type TokenCredential = Extract<Credential, { getToken: unknown }>;
type Token = Awaited<ReturnType<TokenCredential["getToken"]>>;

/** Longer than any request. */
const RESERVE_MS = 300_000;

/**
 * The same credential, but it requests a token once while the token lasts. The SDK alone would request one for each object
 * of a batch, and each copy needs one for its source.
 */
export function lastingCredential(credential: Credential): Credential {
  if (!("getToken" in credential)) return credential;
  const kept = new Map<string, Token>();
  return {
    async getToken(scopes, options) {
      // The answer to a challenge of Azure's is for that one request.
      const isSpecial = options?.claims !== undefined || options?.tenantId !== undefined;
      if (isSpecial) return credential.getToken(scopes, options);
      const known = kept.get(String(scopes));
      if (known && known.expiresOnTimestamp - RESERVE_MS > Date.now()) return known;
      const token = await credential.getToken(scopes, options);
      kept.set(String(scopes), token);
      return token;
    },
  };
}
