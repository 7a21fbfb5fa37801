import { S3Client } from "@aws-sdk/client-s3";
import { describe, expect, it } from "vitest";
import { s3Store } from "./s3-store.js";

const client = new S3Client({ region: "eu-west-1" });

describe("s3Store()", () => {
  it("declares its limit of one copy", () => {
    expect(s3Store({ client }).capabilities.singleCopyMaxBytes).toBe(5_368_709_120);
    const lower = { client, singleCopyMaxBytes: 10_000_000 };
    expect(s3Store(lower).capabilities.singleCopyMaxBytes).toBe(10_000_000);
  });

  it.each([
    [{ client, singleCopyMaxBites: 1e7 }, /no option "singleCopyMaxBites"; there are: client/],
    [{ client, singleCopyMaxBytes: 1_000 }, /5242880/],
    [{ client, singleCopyMaxBytes: 1e7 + 0.5 }, /whole number/],
    [{ client: { region: "eu-west-1" } }, /must be an S3Client/],
    [{}, /must be an S3Client/],
  ])("refuses %o", (options, message) => {
    const make = () => Reflect.apply(s3Store, undefined, [options]);
    expect(make).toThrow(message);
    expect(make).toThrow(expect.objectContaining({ code: "invalid-option" }));
  });
});
