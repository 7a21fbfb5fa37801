import { readFileSync } from "node:fs";
import { join } from "node:path";
import { S3Client } from "@aws-sdk/client-s3";
import { BlobServiceClient } from "@azure/storage-blob";
import { Storage } from "@google-cloud/storage";
import { azureStore } from "@keywhen/adapter-azure";
import { fsStore } from "@keywhen/adapter-fs";
import { gcsStore } from "@keywhen/adapter-gcs";
import { minioStore } from "@keywhen/adapter-minio";
import { s3Store } from "@keywhen/adapter-s3";
import { systemClock } from "@keywhen/core/internal";
import { memoryStore } from "@keywhen/core/testing";
import { Client } from "minio";
import { describe, expect, it } from "vitest";
import { root } from "./pages.js";
import { cellsOf } from "./store-rows.mjs";

describe("the table of stores", () => {
  it("says what the stores declare", () => {
    const clients = {
      s3: new S3Client({ region: "us-east-1" }),
      minio: new Client({ endPoint: "localhost", accessKey: "a", secretKey: "b" }),
      gcs: new Storage({ projectId: "kit" }),
      azure: new BlobServiceClient("https://account.blob.core.windows.net"),
    };
    const stores = {
      "memoryStore` (core/testing)": memoryStore({ clock: systemClock }),
      "@keywhen/adapter-fs": fsStore({ folder: "." }),
      "@keywhen/adapter-s3": s3Store({ client: clients.s3, service: "ceph" }),
      "@keywhen/adapter-minio": minioStore({ client: clients.minio, service: "ceph" }),
      "@keywhen/adapter-gcs": gcsStore({ client: clients.gcs }),
      "@keywhen/adapter-azure": azureStore({ client: clients.azure }),
    };
    const lines = readFileSync(join(root, "docs/stores.md"), "utf8").split("\n");
    for (const [name, { capabilities }] of Object.entries(stores)) {
      const row = lines.find((line) => line.startsWith(`| \`${name}`));
      expect(row, name).toContain(` | ${cellsOf(capabilities).join(" | ")} |`);
    }
  });
});
