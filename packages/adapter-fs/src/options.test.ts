import { describe, expect, it } from "vitest";
import { fsStore } from "./fs-store.js";

describe("fsStore()", () => {
  it.each([
    [
      "./data",
      /must be an object, for example fsStore\(\{ folder: "\.\/data" \}\) \(got "\.\/data"\)/,
    ],
    [{ folder: "" }, /folder must be the path of a folder \(got ""\)/],
    [{ folder: "~" }, /folder "~" is not expanded to the home folder: write .* \.\/~ for a folder/],
    [{ folder: "~/data" }, /folder "~\/data" is not expanded/],
    [
      { folder: "./data\r" },
      /folder must not contain a control character .* \(got "\.\/data\\r"\)/,
    ],
    [{ folder: "./a\0b" }, /folder must not contain a control character/],
    [{ folder: " ./data" }, /folder must not begin or end with a space \(got " \.\/data"\)/],
    [{ folder: "./data " }, /folder must not begin or end with a space/],
    [{ folder: 7 }, /folder must be the path of a folder \(got 7\)/],
    [{}, /folder must be the path of a folder/],
    [{ folder: "a", createBuckets: "yes" }, /createBuckets must be true or false \(got "yes"\)/],
    [{ folder: "a", networkFolder: 1 }, /networkFolder must be true or false \(got 1\)/],
    [
      { folder: "a", createBucket: true },
      /no option "createBucket"; use one of these: folder, createBuckets, sharedBetweenMachines, networkFolder/,
    ],
  ])("refuses %j", (options, message) => {
    const call = () => Reflect.apply(fsStore, undefined, [options]);
    expect(call).toThrow(expect.objectContaining({ code: "invalid-option" }));
    expect(call).toThrow(message);
  });
});
