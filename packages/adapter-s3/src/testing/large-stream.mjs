import { runLargeUpload, S3_LARGE_UPLOAD } from "@keywhen/test-servers";

await runLargeUpload(import.meta.url, {
  ...S3_LARGE_UPLOAD,
  async openStore({ url }) {
    process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] = "true";
    const { S3Client } = await import("@aws-sdk/client-s3");
    const { s3Store } = await import("../../dist/index.js");
    const credentials = { accessKeyId: "a", secretAccessKey: "b" };
    return s3Store({ client: new S3Client({ endpoint: url, credentials, region: "us-east-1" }) });
  },
});
