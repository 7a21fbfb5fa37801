import { runLargeUpload } from "@keywhen/test-servers";

await runLargeUpload(import.meta.url, {
  isCounted: ({ method }) => method === "PUT",
  answer({ method, url }, response) {
    const body = url.includes("uploads")
      ? "<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>"
      : "<CompleteMultipartUploadResult><ETag>e</ETag></CompleteMultipartUploadResult>";
    response.setHeader("etag", "e").end(method === "PUT" ? "" : body);
  },
  async openStore({ port }) {
    const { Client } = await import("minio");
    const { minioStore } = await import("../../dist/index.js");
    const address = { endPoint: "127.0.0.1", port, useSSL: false };
    return minioStore({ client: new Client({ ...address, accessKey: "a", secretKey: "b" }) });
  },
});
