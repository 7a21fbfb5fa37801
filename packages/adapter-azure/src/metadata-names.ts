/**
 * Azure takes C# identifiers as metadata names: letters, digits and `_`, no digit first. Ours are
 * `[a-z0-9-]+`, so `-` is written `_`, and whatever doesn't begin with a letter gets a `_` before it:
 * `keywhen-id` is `keywhen_id`, `1a` is `_1a`, `-1a` is `__1a`. No two names become one.
 */
export function azureMetadata(
  metadata: Readonly<Record<string, string>> | undefined,
): Record<string, string> {
  return renamed(metadata, azureName);
}

/** Names come back in any case: Azure keeps what the writer wrote, HTTP doesn't. */
export function ownMetadata(
  metadata: Readonly<Record<string, string>> | undefined,
): Record<string, string> {
  return renamed(metadata, ownName);
}

function azureName(name: string): string {
  const identifier = name.replaceAll("-", "_");
  return /^[a-z]/i.test(identifier) ? identifier : `_${identifier}`;
}

function ownName(name: string): string {
  return name.toLowerCase().replace(/^_/, "").replaceAll("_", "-");
}

function renamed(
  metadata: Readonly<Record<string, string>> = {},
  rename: (name: string) => string,
): Record<string, string> {
  return Object.fromEntries(Object.entries(metadata).map(([name, value]) => [rename(name), value]));
}
