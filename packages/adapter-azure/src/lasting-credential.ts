import type { BlobServiceClient } from "@azure/storage-blob";

type Credential = BlobServiceClient["credential"];
type TokenCredential = Extract<Credential, { getToken: unknown }>;
type Token = Awaited<ReturnType<TokenCredential["getToken"]>>;

/** No request takes longer. */
const RESERVE_MS = 300_000;

/**
 * The same credential, but a token is asked for once while it lasts: the SDK asks again for each object of a
 * batch, and each copy needs one for its source.
 */
export function lastingCredential(credential: Credential): Credential {
  if (!("getToken" in credential)) return credential;
  const kept = new Map<string, Token>();
  return {
    async getToken(scopes, options) {
      // What Azure has asked for in a challenge is for that one request.
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
