import {
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  PutObjectCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { examineStore } from "@keywhen/doctor";
import {
  CEPH_BUCKETS,
  openCephAccount,
  S3_ON_CEPH,
  type S3OnCeph,
  type TestS3Account,
  withCeph,
} from "@keywhen/test-servers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { s3Store } from "./s3-store.js";
import { clientOf, makeBuckets } from "./testing/client-of.js";
import { LANES } from "./testing/on-wire.js";

const [HERE] = CEPH_BUCKETS;

withCeph(describe).each(LANES)("s3Store() on a Ceph gateway, by the $lane", ({ fastLane }) => {
  let server: TestS3Account;
  let client: S3Client;
  let stranger: S3Client;
  beforeAll(async () => {
    server = await openCephAccount();
    client = clientOf(server);
    stranger = clientOf({ ...server, secretAccessKey: "wrong" });
    await makeBuckets(client, ...CEPH_BUCKETS);
  });
  afterAll(async () => {
    client?.destroy();
    stranger?.destroy();
    await server?.stop();
  });

  const ceph: S3OnCeph = {
    open: (options) => s3Store({ client, service: "ceph", fastLane, ...options }),
    withWrongSecret: () => s3Store({ client: stranger, fastLane }),
    write: ({ bucket, key }, Body, { headers, metadata }) =>
      client.send(
        new PutObjectCommand({
          Bucket: bucket,
          Key: key,
          Body,
          ContentType: headers["Content-Type"],
          ContentEncoding: headers["Content-Encoding"],
          ContentLanguage: headers["Content-Language"],
          ContentDisposition: headers["Content-Disposition"],
          CacheControl: headers["Cache-Control"],
          Expires: new Date(headers.Expires),
          Metadata: metadata,
        }),
      ),
    async headersOf({ bucket, key }) {
      const head = await client.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
      const { $metadata: _, ETag: __, LastModified: ___, Metadata: ____, ...headers } = head;
      return headers;
    },
    async openUploads(bucket) {
      const command = new ListMultipartUploadsCommand({ Bucket: bucket });
      return (await client.send(command)).Uploads?.length ?? 0;
    },
  };

  it.each(Object.entries(S3_ON_CEPH))("%s", (_, prove) => prove(ceph));

  it.each([true, false])(
    "is seen through by an examination if conditions get lost: %s",
    async (lost) => {
      const careless = clientOf(server);
      careless.middlewareStack.add(
        (next) => (args) => {
          const input = Object(args.input);
          const { IfMatch: _, IfNoneMatch: __, ...without } = input;
          return next({ ...args, input: lost ? without : input });
        },
        { step: "initialize", name: "loseConditions" },
      );
      const wrong: string[] = [];
      const home = {
        store: s3Store({ client: careless, service: "ceph", fastLane }),
        bucket: HERE,
      };
      for await (const { name, status } of examineStore({ ...home, probe: true })) {
        if (status === "fail") wrong.push(name);
      }
      expect(wrong).toEqual(lost ? ["put if absent", "put if version"] : []);
      expect((await ceph.open().list({ bucket: HERE, prefix: "keywhen/probe/" })).objects).toEqual(
        [],
      );
      careless.destroy();
    },
  );
});
