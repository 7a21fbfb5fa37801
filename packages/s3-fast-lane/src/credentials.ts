export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

/** How long credentials are reused. The SDK itself renews them minutes before they expire. */
const KEPT_MS = 1_000;

/** Returns the client's credentials, without a promise if they were requested within the last second, as for most requests of a sweep. */
export type KeptCredentials = () => Credentials | Promise<Credentials>;

export function keptCredentials(
  ask: () => Promise<Credentials>,
  nowMs: () => number,
): KeptCredentials {
  let kept: { readonly credentials: Credentials; readonly untilMs: number } | undefined;
  return () => {
    if (kept !== undefined && nowMs() < kept.untilMs) return kept.credentials;
    return ask().then((credentials) => {
      kept = { credentials, untilMs: nowMs() + KEPT_MS };
      return credentials;
    });
  };
}
