/** Why a text is not the address of a store's endpoint, in one clause after its name; `undefined` if it is one. Never repeats a password. */
export function endpointProblem(text: string): string | undefined {
  if (text.includes("@")) return "must not contain credentials";
  if (!/^https?:\/\//i.test(text)) {
    return `must begin with http:// or https:// (got ${JSON.stringify(text)})`;
  }
  if (!URL.canParse(text)) return `${JSON.stringify(text)} is not a valid URL`;
  const { search, hash, port } = new URL(text);
  if (search || hash) return "must not contain a query or a fragment";
  return port === "0" ? `${JSON.stringify(text)} has port 0, which no server can have` : undefined;
}
