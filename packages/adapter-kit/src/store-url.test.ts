import { describe, expect, it } from "vitest";
import { parseStoreUrl, type StoreUrlForm } from "./store-url.js";

const FORM: StoreUrlForm = {
  scheme: "s3",
  example: "s3://bucket/root?region=…",
  parameters: ["region", "endpoint", "tls"],
};
const parse = (text: string) => parseStoreUrl(text, FORM);

describe("parseStoreUrl()", () => {
  it("reads host, path and parameters, each decoded once", () => {
    const { host, port, path, parameters } = parse("S3://My-Bucket/a%2Fb/c%25/?region=eu+1%26x");
    expect([host, port, path]).toEqual(["My-Bucket", undefined, ["a/b", "c%"]]);
    expect([...parameters]).toEqual([["region", "eu+1&x"]]);
    expect(parse("s3://b").path).toEqual([]);
    expect(parse("s3:").host).toBe("");
  });

  it("reads a port, and addresses of IPv6", () => {
    const form = { ...FORM, hasPort: true };
    expect(parseStoreUrl("s3://[::1]:9000/b", form)).toMatchObject({ host: "[::1]", port: 9_000 });
    expect(parseStoreUrl("s3://host/b", form).port).toBeUndefined();
    for (const port of ["0", "99999", "", "80x"]) {
      expect(() => parseStoreUrl(`s3://host:${port}/b`, form)).toThrow(/is not a number from 1 to/);
    }
  });

  it("reads booleans and endpoints", () => {
    const url = parse("s3://b?tls=false&endpoint=https%3A%2F%2Fhost%3A9000%2F");
    expect(url.boolean("tls")).toBe(false);
    expect(url.boolean("region")).toBeUndefined();
    expect(url.endpoint("endpoint")).toBe("https://host:9000");
    expect(url.endpoint("region")).toBeUndefined();
  });

  it.each([
    ["s3://b\r", "it contains a line break"],
    ["s3://b\n", "it contains a line break"],
    ["s3://b/\u0000", "it contains a control character"],
    ["s3://b\t", "it contains a control character"],
    ["s3://ac me", "it contains a space; remove it, or write it as %20"],
    [" s3://b", "it contains a space"],
    ["b", "it must start with s3://"],
    ["https://b", "it must start with s3://"],
    ["s3://arn:aws:s3:::b", "it must have the bucket's name, not its ARN"],
    ["s3://b:80", "it must not contain a port"],
    ["s3://[bad", '"[bad" is not a valid host'],
    ["s3://b#x", "it must not contain a fragment (write a # as %23)"],
    ["s3://b/%zz", '"%zz" is not a valid escape; write a literal % as %25'],
    ["s3://b/100%", '"%" is not a valid escape'],
    ["s3://b/caf%E9", '"caf%E9" is not a valid escape'],
    ["s3://b//root", "its path has an empty part (//)"],
    ["s3://b/a/../c", 'its path has the part ".."'],
    ["s3://b?regoin=x", 'unknown parameter "regoin"; use one of these: region, endpoint, tls'],
    ["s3://b?region=a&region=b", "parameter region is given twice"],
    ["s3://b?region=", "parameter region is empty; give it a value or leave it out"],
    ["s3://b?region", "parameter region is empty"],
    ["s3://b?region=eu%0A", "parameter region contains a line break"],
  ])("refuses %j: %s", (text, problem) => {
    expect(() => parse(text)).toThrow(expect.objectContaining({ code: "invalid-option" }));
    expect(() => parse(text)).toThrow(`: ${problem}`);
    expect(() => parse(text)).toThrow(/\. Write s3:\/\/bucket\/root\?region=…$/);
  });

  it("shows what it was given", () => {
    expect(() => parse("s3://b:80\r")).toThrow(/^Invalid store URL "s3:\/\/b:80\\r": it contains/);
    expect(() => parse("s3://b?region=x&z=1")).toThrow(
      /URL "s3:\/\/b\?region=x&z=\*\*\*": unknown/,
    );
  });

  it.each([
    ["tls=maybe", 'tls must be true or false (got "maybe")'],
    [
      "endpoint=localhost:9000",
      'endpoint must begin with http:// or https:// (got "localhost:9000")',
    ],
    ["endpoint=http://host:0", 'endpoint "http://host:0" has port 0, which no server can have'],
    ["endpoint=http://host:99999", 'endpoint "http://host:99999" is not a valid URL'],
    ["endpoint=http://host%3Fa=b", "endpoint must not contain a query or a fragment"],
  ])("refuses the parameter %s", (query, problem) => {
    const url = parse(`s3://b?${query}`);
    const read = () => [url.boolean("tls"), url.endpoint("endpoint")];
    expect(read).toThrow(problem);
  });

  it.each([
    "s3://key:hush@b",
    "s3://key:hu/hush@b/root",
    "s3:key:hush@b",
    "s3://b?endpoint=https://key:hush@host",
    "s3://b?endpoint=https%3A%2F%2Fkey%3Ahush%40host",
    "s3://b?secret=hush",
    "https://key:hush@b",
    "s3://key:hush@b\n",
  ])("never shows a secret: %j", (text) => {
    const message = messageOf(() => parse(text).endpoint("endpoint"));
    expect(message).toMatch(/^Invalid store URL/);
    expect(message).not.toContain("hush");
    expect(message).toContain("***");
  });
});

function messageOf(act: () => unknown): string {
  try {
    return `no error: ${act()}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
