import { runLargeUpload, S3_LARGE_UPLOAD } from "@keywhen/test-servers";

await runLargeUpload(import.meta.url, {
  ...S3_LARGE_UPLOAD,
  async openStore({ port }) {
    const { Client } = await import("minio");
    const { minioStore } = await import("../../dist/index.js");
    const address = { endPoint: "127.0.0.1", port, useSSL: false };
    return minioStore({ client: new Client({ ...address, accessKey: "a", secretKey: "b" }) });
  },
});
