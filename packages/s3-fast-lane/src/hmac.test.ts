import { createHmac } from "node:crypto";
import fc from "fast-check";
import { expect, it } from "vitest";
import { hmac, hmacKey } from "./hmac.js";

it("is Node's own HMAC-SHA-256, however long the texts that one key signs in turn", () => {
  const key = fc.uint8Array({ maxLength: 64 });
  const texts = fc.array(fc.string({ unit: "grapheme-ascii", maxLength: 300 }), { minLength: 1 });
  fc.assert(
    fc.property(key, texts, (bytes, signed) => {
      const ready = hmacKey(bytes);
      const theirs = (text: string) => createHmac("sha256", bytes).update(text).digest("hex");
      expect(signed.map((text) => hmac(ready, text))).toEqual(signed.map(theirs));
    }),
    { numRuns: 500 },
  );
});
