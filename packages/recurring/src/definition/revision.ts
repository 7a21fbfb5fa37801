import type { Content } from "./definition.js";

/** Names a content: the same content has the same revision. */
export async function revisionOf(
  content: Omit<Content, "payload"> & { readonly payload: object },
  bodySha256: string,
): Promise<string> {
  const hex = await sha256(new TextEncoder().encode(canonical({ ...content, bodySha256 })));
  return hex.slice(0, 32);
}

export async function sha256(bytes: Uint8Array): Promise<string> {
  return Buffer.from(await crypto.subtle.digest("SHA-256", new Uint8Array(bytes))).toString("hex");
}

/** Whether two rules have the same occurrences, as far as they are written alike. */
export function isSameRule(one: Content["rule"], other: Content["rule"]): boolean {
  return canonical(one) === canonical(other);
}

/** JSON with the properties in one order. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === "object" && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([one], [other]) => (one < other ? -1 : 1)))
      : part,
  );
}
