import { S3Client } from "@aws-sdk/client-s3";

type RequestHandler = S3Client["config"]["requestHandler"];

/** A request handler of a user's own, which leaves the sending to the SDK's. */
export function wrappedHandler(onRequest: () => void = () => {}) {
  const { requestHandler: inner } = new S3Client({ region: "us-east-1" }).config;
  const handle: RequestHandler["handle"] = (request, options) => {
    onRequest();
    return inner.handle(request, options);
  };
  return { handle, destroy: () => inner.destroy?.() };
}
