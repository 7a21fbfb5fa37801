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
    { ...props, scheduleBucket: "acme" },
    { scheduleBucket: bucket },
    { ...props, targets: [] },
    { ...props, targets: [], webhooks: {} },
    { ...props, targets: [bucket, null] },
    { ...props, targets: [{ bucket: "acme" }] },
    { ...props, targets: [{ bucket, prefix: "a" }] },
    { ...props, tragets: [] },
  ])("refuses %j", (wrong) => {
    expect(() => checkProps(wrong)).toThrow(expect.objectContaining({ code: "invalid-option" }));
  });
});
