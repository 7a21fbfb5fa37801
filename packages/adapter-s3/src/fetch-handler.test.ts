import { S3Client } from "@aws-sdk/client-s3";
import { describe, expect, it } from "vitest";
import { s3Store } from "./s3-store.js";

const REF = { bucket: "bucket", key: "k" };
const HEADERS = { etag: '"1"', "last-modified": "Wed, 25 Nov 2026 08:00:00 GMT" };
const LIST =
  "<ListBucketResult><Name>bucket</Name><KeyCount>1</KeyCount><IsTruncated>false</IsTruncated><Contents><Key>k</Key><LastModified>2026-11-25T08:00:00.000Z</LastModified><Size>4</Size></Contents></ListBucketResult>";

/** A store whose request handler gives an answer of this body. */
function answering(body: unknown, headers: object) {
  const handle = async () => ({
    response: { statusCode: 200, headers: { ...HEADERS, ...headers }, body },
  });
  const client = new S3Client({
    region: "eu-west-1",
    credentials: { accessKeyId: "a", secretAccessKey: "b" },
    requestHandler: { handle },
  });
  return s3Store({ client, service: "aws" });
}

/** What request handlers made on `fetch` give. */
describe("a request handler whose bodies are not streams of Node", () => {
  it.each([
    ["a web stream", new Response(LIST).body],
    ["a blob", new Blob([LIST])],
  ])("may answer a list with %s", async (_, body) => {
    const { objects } = await answering(body, {}).list({ bucket: "bucket" });
    expect(objects).toMatchObject([{ key: "k", size: 4 }]);
  });

  it("may answer a get with a web stream", async () => {
    const body = new Response("body").body;
    const found = await answering(body, { "content-length": "4" }).get(REF);
    expect(await new Response(found?.body).text()).toBe("body");
  });
});
