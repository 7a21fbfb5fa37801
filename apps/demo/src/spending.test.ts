import { noRequests } from "@keywhen/core/store";
import { describe, expect, it } from "vitest";
import { isOnAws, spendingOn } from "./spending.js";

describe("isOnAws()", () => {
  it.each([
    ["s3://bucket/root", {}, true],
    ["s3://bucket?region=eu-central-1", {}, true],
    ["s3://bucket?endpoint=http://127.0.0.1:7480", {}, false],
    ["s3://bucket", { AWS_ENDPOINT_URL: "http://127.0.0.1:7480" }, false],
    ["file:./data", {}, false],
  ])("of %s with %j is %s", (url, env, expected) => {
    expect(isOnAws(url, env)).toBe(expected);
  });
});

describe("spendingOn()", () => {
  it("returns dollars, and the month of its prices", () => {
    const spending = spendingOn({ ...noRequests(), list: 1_000 });
    expect(spending).toEqual({ dollars: 0.005, pricesOf: "S3 Standard, us-east-1, 2026-11" });
  });
});
