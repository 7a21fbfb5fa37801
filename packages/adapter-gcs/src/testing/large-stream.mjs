import { runLargeUpload } from "@keywhen/test-servers";

await runLargeUpload(import.meta.url, {
  answer(request, response) {
    if (request.url.includes("uploadType=resumable")) {
      response.setHeader("location", `http://${request.headers.host}/session`);
    }
    const [, last] = /^bytes \d+-(\d+)\/\*$/.exec(request.headers["content-range"] ?? "") ?? [];
    if (last !== undefined) response.writeHead(308, { range: `bytes=0-${last}` });
    response.end(JSON.stringify({ generation: "1" }));
  },
  async openStore({ url }) {
    const { Storage } = await import("@google-cloud/storage");
    const { gcsStore } = await import("../../dist/index.js");
    return gcsStore({ client: new Storage({ apiEndpoint: url, projectId: "test" }) });
  },
});
