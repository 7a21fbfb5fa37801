import { ObjectStoreError } from "@keywhen/core/store";
import { describe, expect, it } from "vitest";
import { checkBucket, checkName } from "./check-name.js";

const problemOf = ({ bucket, key }: { bucket: string; key: string }) =>
  bucket === "bad" || key === "bad" ? "it is bad" : undefined;

function thrownBy(check: () => void): unknown {
  try {
    check();
    return undefined;
  } catch (error) {
    return error;
  }
}

describe("a check of names", () => {
  it("refuses an object that the store can't have, by its bucket or its key", () => {
    for (const ref of [
      { bucket: "bad", key: "k" },
      { bucket: "b", key: "bad" },
    ]) {
      const error = thrownBy(() => checkName("put", ref, problemOf));
      expect(error).toBeInstanceOf(ObjectStoreError);
      expect(error).toMatchObject({ ...ref, code: "invalid-key", operation: "put" });
      expect(String(error)).toContain("it is bad");
    }
  });

  it("refuses a bucket without naming a key", () => {
    const error = thrownBy(() => checkBucket("list", "bad", problemOf));
    expect(error).toMatchObject({ code: "invalid-key", bucket: "bad", key: undefined });
  });

  it("lets everything else pass", () => {
    expect(thrownBy(() => checkName("get", { bucket: "b", key: "k" }, problemOf))).toBeUndefined();
    expect(thrownBy(() => checkBucket("list", "b", problemOf))).toBeUndefined();
  });
});
