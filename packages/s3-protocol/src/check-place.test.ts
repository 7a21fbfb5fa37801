import { describe, expect, it } from "vitest";
import { checkPlace } from "./check-place.js";

const check = (hostname: string, path: string, bucket: string, key?: string) => () =>
  checkPlace({ hostname, path }, { operation: "copy", bucket, key });

describe("checkPlace()", () => {
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
  ])("lets %s%s be what is meant by bucket %s, key %s", (hostname, path, bucket, key) => {
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
