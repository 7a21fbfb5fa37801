import { Client } from "minio";
import { describe, expect, it } from "vitest";
import { minioStore } from "./minio-store.js";

const client = new Client({ endPoint: "localhost", accessKey: "a", secretKey: "b" });

describe("minioStore()", () => {
  it("knows MinIO's limit of a part of a key, which other stores don't have", async () => {
    const key = `a/${"x".repeat(256)}`;
    const put = minioStore({ client }).put({ bucket: "b", key }, new Uint8Array());
    await expect(put).rejects.toMatchObject({
      code: "invalid-key",
      message: `put b/${key}: a part of the key has 256 characters; the limit is 255`,
    });
    const { limits } = minioStore({ client, service: "ceph" }).capabilities;
    expect(limits.keySegmentCharacters).toBeUndefined();
  });

  it("uses conditions on stores that it knows", () => {
    const conditions = (options: object) => {
      const { putIfAbsent, putIfVersion } = minioStore({ client, ...options }).capabilities;
      return [putIfAbsent, putIfVersion];
    };
    expect(conditions({})).toEqual([true, true]);
    expect(conditions({ service: "generic" })).toEqual([false, false]);
    expect(conditions({ service: "generic", conditionalPut: true })).toEqual([true, true]);
  });

  it.each([
    [{ client, sevice: "ceph" }, /no option "sevice"; use one of these: client, service/],
    [{}, /client must be a Client of minio 8/],
  ])("refuses %#", (options, message) => {
    const make = () => Reflect.apply(minioStore, undefined, [options]);
    expect(make).toThrow(message);
    expect(make).toThrow(expect.objectContaining({ code: "invalid-option" }));
  });
});
