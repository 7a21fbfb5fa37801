import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { checkProps } from "./check-props.js";

const SOURCE = fileURLToPath(new URL("./keywhen-sweeper.ts", import.meta.url));
const bucket = { bucketName: "acme", bucketArn: "arn:aws:s3:::acme" };
const props = { scheduleBucket: bucket, targets: [bucket, { bucket, keyPrefix: "daily/" }] };

describe("checkProps()", () => {
  it("accepts every prop of the construct", () => {
    const [, declared = ""] =
      /interface KeywhenSweeperProps \{(.*?)^\}/ms.exec(readFileSync(SOURCE, "utf8")) ?? [];
    const names = [...declared.matchAll(/^ {2}readonly (\w+)/gm)].map(([, name = ""]) => name);
    expect(names.length).toBeGreaterThan(10);
    const all = Object.fromEntries(names.map((name) => [name, undefined]));
    expect(() => checkProps({ ...all, ...props })).not.toThrow();
  });

  it.each([
    [undefined, /^KeywhenSweeper needs props: \{ scheduleBucket, targets \} \(got undefined\)\.$/],
    [
      { targets: [bucket] },
      /^scheduleBucket must be a bucket, like Bucket\.from.*\(got undefined\)/,
    ],
    [{ ...props, scheduleBucket: "acme" }, /^scheduleBucket must be a bucket, .*\(got "acme"\)/],
    [{ scheduleBucket: bucket }, /^targets must be an array of buckets, .*\(got undefined\)/],
    [{ ...props, targets: "acme/*" }, /^targets must be an array of buckets, .*\(got "acme\/\*"\)/],
    [{ ...props, targets: [] }, /^targets is empty\. Give the buckets/],
    [{ ...props, targets: ["acme/*"] }, /^targets\[0\] must be a bucket, .*\(got "acme\/\*"\)/],
    [{ ...props, targets: [bucket, null] }, /^targets\[1\] must be a bucket, .*\(got null\)/],
    [
      { ...props, targets: [{ bucket: "acme" }] },
      /^targets\[0\]\.bucket must be a bucket, .*\(got "acm/,
    ],
    [
      { ...props, targets: [{ keyPrefix: "a" }] },
      /^targets\[0\]\.bucket must be a bucket, .*\(got und/,
    ],
    [
      { ...props, targets: [{ bucket, prefix: "a" }] },
      /^targets\[0\] has no prop "prefix"\. Known/,
    ],
    [
      { ...props, targets: [{ bucket, keyPrefix: "daily/*" }] },
      /^targets\[0\]\.keyPrefix must be .* without \*, .*\(got "daily\/\*"\)/,
    ],
    [{ ...props, tragets: [] }, /^KeywhenSweeper has no prop "tragets"\. Known: scheduleBucket, /],
  ])("refuses %j", (wrong, message) => {
    expect(() => checkProps(wrong)).toThrow(message);
  });
});
