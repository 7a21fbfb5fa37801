import { describe, expect, it } from "vitest";
import { hashOfId, randomDeliveryId } from "./delivery-id.js";

describe("randomDeliveryId()", () => {
  it("makes twelve characters of as many random bytes, which nobody confuses when reading them aloud", () => {
    expect(randomDeliveryId((bytes) => Uint8Array.from({ length: bytes }, (_, at) => at))).toBe(
      "0123456789ab",
    );
    expect(
      randomDeliveryId((bytes) => Uint8Array.from({ length: bytes }, (_, at) => 20 + at)),
    ).toBe("mnpqrstvwxyz");
    expect(randomDeliveryId((bytes) => new Uint8Array(bytes).fill(255))).toBe("zzzzzzzzzzzz");
  });
});

describe("hashOfId()", () => {
  it("is the beginning of the id's SHA-256, in hex", async () => {
    expect(await hashOfId("abc", 8)).toBe("ba7816bf");
    expect(await hashOfId("abc", 12)).toBe("ba7816bf8f01");
  });
});
