import {
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  PutObjectCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { examineStore } from "@keywhen/doctor";
import {
  CEPH_BUCKETS,
  CONDITIONS_KEPT,
  conditionsKeptWithWeakEtags,
  S3_ON_CEPH,
  type S3OnCeph,
  type TestS3Account,
  withCeph,
} from "@keywhen/test-servers";
import { describe, expect, it, onTestFinished } from "vitest";
import { s3Store } from "./s3-store.js";
import { cephForTests } from "./testing/ceph-for-tests.js";
import { clientOf, makeBuckets } from "./testing/client-of.js";
import { LANES } from "./testing/on-wire.js";

const [HERE] = CEPH_BUCKETS;

/** A few need the answers that each client reads by itself; the others send what both send alike. */
const BY_EACH = ["copies odd keys", "says that a wrong secret", "names the bucket"];

/** For one test. */
function clientFor(server: TestS3Account): S3Client {
  const client = clientOf(server);
  onTestFinished(() => client.destroy());
  return client;
}

withCeph(describe).each(LANES)("s3Store() on a Ceph gateway, by the $lane", ({ fastLane }) => {
  const opened = cephForTests(...CEPH_BUCKETS);
  const withWrongSecret = () =>
    s3Store({ client: clientFor({ ...opened().server, secretAccessKey: "wrong" }), fastLane });

  const ceph: S3OnCeph = {
    open: (options) => s3Store({ client: opened().client, service: "ceph", fastLane, ...options }),
    withWrongSecret,
    write: ({ bucket, key }, Body, { headers, metadata }) =>
      opened().client.send(
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
      const head = await opened().client.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
      const { $metadata: _, ETag: __, LastModified: ___, Metadata: ____, ...headers } = head;
      return headers;
    },
    async openUploads(bucket) {
      const command = new ListMultipartUploadsCommand({ Bucket: bucket });
      return (await opened().client.send(command)).Uploads?.length ?? 0;
    },
  };

  const cases = Object.entries(S3_ON_CEPH).filter(
    ([name]) => fastLane || BY_EACH.some((start) => name.startsWith(start)),
  );
  it.each(cases)("%s", (_, prove) => prove(ceph));
});

withCeph(describe)("s3Store() on a Ceph gateway", () => {
  const opened = cephForTests(HERE);

  it("keeps leases and chosen ids behind a proxy that weakens ETags", async () => {
    const kept = conditionsKeptWithWeakEtags(opened().server, async (proxied) => {
      const client = clientFor(proxied);
      await makeBuckets(client, "schedule", "target");
      return s3Store({ client, service: "ceph" });
    });
    expect(await kept).toEqual(CONDITIONS_KEPT);
  });

  it.each([true, false])(
    "is examined by the doctor, which notices lost conditions: %s",
    async (lost) => {
      const careless = clientFor(opened().server);
      careless.middlewareStack.add(
        (next) => (args) => {
          const input = Object(args.input);
          const { IfMatch: _, IfNoneMatch: __, ...without } = input;
          return next({ ...args, input: lost ? without : input });
        },
        { step: "initialize", name: "loseConditions" },
      );
      const wrong: string[] = [];
      const store = s3Store({ client: careless, service: "ceph" });
      for await (const { name, status } of examineStore({ store, bucket: HERE, probe: true })) {
        if (status === "fail") wrong.push(name);
      }
      expect(wrong).toEqual(lost ? ["put if absent", "put if version"] : []);
      expect((await store.list({ bucket: HERE })).objects).toEqual([]);
    },
  );
});
