/** A text that something thrown carries under a name, as errors of Node and of SDKs do; `undefined` if it carries none. */
export function thrownText(thrown: unknown, name: string): string | undefined {
  if (typeof thrown !== "object" || thrown === null) return undefined;
  const value: unknown = Reflect.get(thrown, name);
  return typeof value === "string" ? value : undefined;
}

/** Node's word for a certificate that isn't trusted: the handshake failed, so the request was never sent. */
export function isDistrust(thrown: unknown): boolean {
  const code = thrownText(thrown, "code") ?? "";
  return /^(ERR_TLS_|ERR_SSL_|CERT_|SELF_SIGNED_CERT|DEPTH_ZERO_SELF_SIGNED|UNABLE_TO_)/.test(code);
}

/** The first line of what something thrown says. */
export function firstLineOf(thrown: unknown): string {
  const [line = ""] = (thrownText(thrown, "message") || String(thrown)).split("\n");
  return line.trim();
}
