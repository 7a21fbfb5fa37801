import { readFileSync } from "node:fs";

/** The version of this package, as its package.json tells it. */
export function readVersion(): string {
  const file = new URL("../package.json", import.meta.url);
  const manifest: unknown = JSON.parse(readFileSync(file, "utf8"));
  if (typeof manifest === "object" && manifest !== null && "version" in manifest) {
    return String(manifest.version);
  }
  throw new Error(`${file.pathname} has no version`);
}
