export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

/** So long the same ones are used before the SDK is asked again, which itself renews them minutes before they expire. */
const KEPT_MS = 1_000;

/** The client's credentials: at once if they were asked for within the last second, as for most requests of a sweep. */
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
