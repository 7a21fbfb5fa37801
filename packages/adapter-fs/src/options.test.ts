import { describe, expect, it } from "vitest";
import { fsStore } from "./fs-store.js";

describe("fsStore()", () => {
  it.each([
    ["./data"],
    [{}],
    [{ folder: "" }],
    [{ folder: 7 }],
    [{ folder: "~" }],
    [{ folder: "~/data" }],
    [{ folder: "./data\r" }],
    [{ folder: "./a\0b" }],
    [{ folder: " ./data" }],
    [{ folder: "./data " }],
    [{ folder: "a", createBuckets: "yes" }],
    [{ folder: "a", networkFolder: 1 }],
    [{ folder: "a", createBucket: true }],
  ])("refuses %j", (options) => {
    const call = () => Reflect.apply(fsStore, undefined, [options]);
    expect(call).toThrow(expect.objectContaining({ code: "invalid-option" }));
  });
});
