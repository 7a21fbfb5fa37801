import { describe, expect, it } from "vitest";
import { nameProblem } from "./name-problem.js";
import { S3_SERVICES } from "./settings.js";

const { ceph, minio } = S3_SERVICES;
const bucket = (name: string) => nameProblem({ bucket: name, key: "k" }, ceph);

describe("nameProblem()", () => {
  it.each([
    ".",
    "..",
    ":sched",
    "tenant:b",
    "a/b",
    "a?b",
    "a#b",
    "a b",
    "arn:aws:s3:::b",
    "%2e",
    "b\n",
    "ä",
    "",
  ])("refuses the bucket %j, which a URL would read differently", (name) => {
    expect(bucket(name)).toMatch(/^(a bucket's name|the bucket's name)/);
  });

  it.each(["acme", "my.bucket-1", "Old_Bucket", "jobs--use1-az4--x-s3", "1"])(
    "takes the bucket %s",
    (name) => expect(bucket(name)).toBeUndefined(),
  );

  it.each(["a/../b", "./a", "..", "a//b", "/./"])("knows that MinIO refuses the key %s", (key) => {
    expect(nameProblem({ bucket: "b", key }, minio)).toMatch(/which MinIO refuses$/);
    expect(nameProblem({ bucket: "b", key }, ceph)).toBeUndefined();
  });

  it("refuses a NUL everywhere", () => {
    expect(nameProblem({ bucket: "b", key: "a\0" }, ceph)).toMatch(/NUL/);
  });
});
