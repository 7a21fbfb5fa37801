import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../", import.meta.url));

/** Bytes of JavaScript that each published package may have, source maps left out. Raise one only with a reason. */
const BOUNDS: Readonly<Record<string, number>> = {
  "@keywhen/adapter-azure": 50_000,
  "@keywhen/adapter-fs": 65_000,
  "@keywhen/adapter-gcs": 45_000,
  "@keywhen/adapter-minio": 30_000,
  "@keywhen/adapter-s3": 40_000,
  "@keywhen/core": 240_000,
  "@keywhen/cost": 15_000,
  "@keywhen/lambda": 720_000, // most of it is the AWS SDK, bundled into the ready function
  "@keywhen/s3-protocol": 50_000,
  "@keywhen/store-conformance": 80_000,
  "@keywhen/telemetry": 10_000,
  keywhen: 250_000, // core and the adapters for files and S3 are bundled into it
};

const packages = ["packages", "apps"].flatMap((group) =>
  readdirSync(join(root, group))
    .map((name) => join(root, group, name))
    .filter((folder) => existsSync(join(folder, "package.json")))
    .map((folder) => ({ folder, ...readPackage(folder) }))
    .filter(({ isPrivate }) => !isPrivate),
);

function readPackage(folder: string): { readonly name: string; readonly isPrivate: boolean } {
  const { name, private: isPrivate = false } = JSON.parse(
    readFileSync(join(folder, "package.json"), "utf8"),
  );
  return { name, isPrivate };
}

function javaScriptBytes(folder: string): number {
  const files = readdirSync(join(folder, "dist"), { recursive: true, encoding: "utf8" });
  return files
    .filter((file) => /\.m?js$/.test(file))
    .reduce((sum, file) => sum + statSync(join(folder, "dist", file)).size, 0);
}

describe("what is published", () => {
  it.each(packages)("keeps $name within its bound", ({ name, folder }) => {
    const bytes = javaScriptBytes(folder);
    expect(bytes).toBeGreaterThan(0);
    expect(bytes).toBeLessThanOrEqual(BOUNDS[name] ?? 0);
  });
});
