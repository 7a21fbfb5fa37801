import { describe, expect, it } from "vitest";
import { storeOptionChecks } from "./store-options.js";

const checks = storeOptionChecks("s3Store");

describe("storeOptionChecks()", () => {
  it.each([
    [
      undefined,
      "s3Store: options must be an object, for example s3Store({ client }) (got undefined)",
    ],
    [null, "(got null)"],
    ["client", '(got "client")'],
    [[1], "(got an array)"],
    [{ cleint: 1 }, 's3Store: there is no option "cleint"; use one of these: client'],
  ])("refuses the options %j", (options, message) => {
    expect(() => checks.names(options, ["client"])).toThrow(message);
    expect(() => checks.names(options, ["client"])).toThrow(
      expect.objectContaining({ code: "invalid-option" }),
    );
  });

  it("takes the options that it knows, also if one is left out", () => {
    checks.names({ client: 1 }, ["client", "fastLane"]);
    checks.names({}, ["client"]);
  });

  it("takes booleans and nothing else", () => {
    for (const value of [true, false, undefined]) checks.boolean("fastLane", value);
    expect(() => checks.boolean("fastLane", "x")).toThrow(
      's3Store: fastLane must be true or false (got "x")',
    );
    expect(() => checks.boolean("fastLane", 1)).toThrow("(got 1)");
  });

  it("takes whole numbers within their bounds", () => {
    checks.integer("size", 5, { min: 5, max: 9 });
    for (const value of [4, 10, 5.5, "7", undefined, Number.NaN]) {
      expect(() => checks.integer("size", value, { min: 5, max: 9 })).toThrow(
        "s3Store: size must be a whole number, 5 to 9 (got ",
      );
    }
    expect(() => checks.integer("size", 1, { min: 5 })).toThrow("5 or more (got 1)");
  });

  it("names what it was given, but never what is in it", () => {
    class Stranger {
      readonly secret = "hush";
    }
    expect(checks.wrong("client", "an S3Client", new Stranger()).message).toBe(
      "s3Store: client must be an S3Client (got a Stranger)",
    );
    expect(checks.wrong("client", "an S3Client", { secret: "hush" }).message).toMatch(
      /\(got an object\)$/,
    );
    expect(checks.wrong("client", "an S3Client", Stranger).message).toMatch(/\(got a function\)$/);
    const bare: unknown = Object.assign(Object.create(null), { secret: "hush" });
    expect(checks.wrong("client", "an S3Client", bare).message).toMatch(/\(got an object\)$/);
  });
});
