import { runLargeUpload } from "@keywhen/test-servers";

await runLargeUpload(import.meta.url, {
  isCounted: ({ url }) => !url.includes("comp=blocklist"),
  answer: (_request, response) =>
    response.writeHead(201, { etag: '"1"', "x-ms-request-id": "R1" }).end(),
  async openStore({ url }) {
    const { BlobServiceClient } = await import("@azure/storage-blob");
    const { azureStore } = await import("../../dist/index.js");
    return azureStore({ client: new BlobServiceClient(`${url}/a?sig=x`) });
  },
});
