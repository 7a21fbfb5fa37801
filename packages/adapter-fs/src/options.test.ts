import { describe, expect, it } from "vitest";
import { fsStore } from "./fs-store.js";

describe("fsStore()", () => {
  it.each([
    [{ folder: "" }, /folder must be the path of a folder, not ""/],
    [{ folder: 7 }, /folder must be the path of a folder, not 7/],
    [{}, /folder must be the path of a folder/],
    [{ folder: "a", createBuckets: "yes" }, /createBuckets must be true or false, not "yes"/],
    [
      { folder: "a", createBucket: true },
      /no option "createBucket"; it takes folder, createBuckets, sharedBetweenMachines/,
    ],
  ])("refuses %j", (options, message) => {
    const call = () => Reflect.apply(fsStore, undefined, [options]);
    expect(call).toThrow(expect.objectContaining({ code: "invalid-option" }));
    expect(call).toThrow(message);
  });
});
