import { ObjectStoreError } from "@keywhen/core/store";
import { describe, expect, it } from "vitest";
import { checkAddress, checkBucket, checkName } from "./names.js";

const problemOf = ({ bucket, key }: { bucket: string; key: string }) =>
  bucket === "bad" || key === "bad" ? "it is bad" : undefined;

function thrownBy(check: () => void): unknown {
  try {
    check();
    return undefined;
  } catch (error) {
    return error;
  }
}

describe("a check of names", () => {
  it("refuses an object that the store can't have, by its bucket or its key", () => {
    for (const ref of [
      { bucket: "bad", key: "k" },
      { bucket: "b", key: "bad" },
    ]) {
      const error = thrownBy(() => checkName("put", ref, problemOf));
      expect(error).toBeInstanceOf(ObjectStoreError);
      expect(error).toMatchObject({ ...ref, code: "invalid-key", operation: "put" });
      expect(String(error)).toContain("it is bad");
    }
  });

  it("refuses a bucket without naming a key", () => {
    const error = thrownBy(() => checkBucket("list", "bad", problemOf));
    expect(error).toMatchObject({ code: "invalid-key", bucket: "bad", key: undefined });
  });

  it("lets everything else pass", () => {
    expect(thrownBy(() => checkName("get", { bucket: "b", key: "k" }, problemOf))).toBeUndefined();
    expect(thrownBy(() => checkBucket("list", "b", problemOf))).toBeUndefined();
  });
});

const check = (hostname: string, path: string, bucket: string, key?: string) => () =>
  checkAddress({ hostname, path }, { operation: "copy", bucket, key });

describe("checkAddress()", () => {
  it.each([
    ["s3.amazonaws.com", "/acme/a/b.json", "acme", "a/b.json"],
    ["acme.s3.amazonaws.com", "/a/b.json", "acme", "a/b.json"],
    ["Acme.s3.amazonaws.com", "/a", "acme", "a"],
    ["gateway", "/base/acme/a%20b%25/%C3%BC", "acme", "a b%/ü"],
    ["gateway", "/acme/a/../b", "acme", "a/../b"],
    ["gateway", "/acme//b", "acme", "/b"],
    ["gateway", "/acme", "acme", undefined],
    ["gateway", "/base/acme/", "acme", undefined],
    ["acme.s3.amazonaws.com", "/", "acme", undefined],
    ["s3.example.com", "/s3", "s3", undefined],
  ])("accepts %s%s for bucket %s, key %s", (hostname, path, bucket, key) => {
    expect(check(hostname, path, bucket, key)).not.toThrow();
  });

  it.each([
    ["gateway", "/sched/lease.json", ".", "sched/lease.json"],
    ["gateway", "/sched/lease.json", "x/..", "sched/lease.json"],
    ["gateway", "/acme/b", "acme", "a/../b"],
    ["gateway", "/acme/a%2", "acme", "a%2"],
    ["gateway", "/other/a", "acme", "a"],
    ["acme2.gateway", "/a", "acme", "a"],
    ["gateway", "/", "acme", undefined],
    ["gateway", "/acme/key", "acme", undefined],
  ])("refuses %s%s for bucket %s, key %s", (hostname, path, bucket, key) => {
    expect(check(hostname, path, bucket, key)).toThrow(
      expect.objectContaining({ code: "invalid-key", undecided: false }),
    );
  });
});
