import { UsageError } from "@keywhen/host";

/** Reads the `name=value` pairs of `--meta`. Core checks names and values. */
export function readMetadata(pairs: readonly string[]): Record<string, string> {
  const metadata: Record<string, string> = {};
  for (const pair of pairs) {
    const equals = pair.indexOf("=");
    if (equals < 1) throw new UsageError(`--meta must be NAME=VALUE (got "${pair}").`);
    const name = pair.slice(0, equals);
    if (Object.hasOwn(metadata, name)) {
      throw new UsageError(`--meta "${name}" is given twice.`, "Leave one out.");
    }
    metadata[name] = pair.slice(equals + 1);
  }
  return metadata;
}
