import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { Webhook } from "standardwebhooks";
import { describe, expect, it } from "vitest";
import { createSigner, unixSeconds } from "./signer.js";

const SECRET = `whsec_${randomBytes(32).toString("base64")}`;
const headers = { id: "k3v9q2m8x1ap", timestamp: new Date() };
const bytes = (text: string) => new TextEncoder().encode(text);

async function* chunksOf(body: Uint8Array, size: number) {
  for (let at = 0; at < body.length; at += size) yield body.subarray(at, at + size);
}

/** Throws unless the library accepts the signature for this body. */
function verify(secret: string, signature: string, body: string): void {
  new Webhook(secret).verify(
    body,
    {
      "webhook-id": headers.id,
      "webhook-timestamp": String(unixSeconds(headers.timestamp)),
      "webhook-signature": signature,
    },
    { jsonParse: false },
  );
}

describe("createSigner()", () => {
  it("makes the signature of the specification's example", () => {
    const signer = createSigner("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    const example = {
      id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
      timestamp: new Date(1_614_265_330_000),
    };
    expect(signer.sign(example, bytes('{"test": 2432232314}'))).toBe(
      "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    );
  });

  it("signs any text as the library verifies it, in one piece and in chunks", async () => {
    const signer = createSigner(SECRET);
    const texts = fc.string({ unit: "grapheme" });
    await fc.assert(
      fc.asyncProperty(texts, fc.integer({ min: 1, max: 9 }), async (text, size) => {
        const signature = signer.sign(headers, bytes(text));
        verify(SECRET, signature, text);
        const streamed = await signer.signStream(headers, chunksOf(bytes(text), size));
        expect(streamed).toBe(signature);
      }),
    );
  });

  it("keeps a byte order mark", () => {
    const text = '\ufeff{"a":1}';
    verify(SECRET, createSigner(SECRET).sign(headers, bytes(text)), text);
  });

  it("signs the bytes of a body that is not text", async () => {
    const signer = createSigner(SECRET);
    const [one, other] = [Uint8Array.of(0xff, 1), Uint8Array.of(0xfe, 1)];
    const signature = signer.sign(headers, one);
    expect(signature).not.toBe(signer.sign(headers, other)); // the library reads both as the same text
    expect(signature).toBe(await signer.signStream(headers, chunksOf(one, 1)));
  });

  it("signs with both secrets while they are rotated", async () => {
    const old = randomBytes(24).toString("base64");
    const signer = createSigner([SECRET, old]);
    const streamed = await signer.signStream(headers, chunksOf(bytes("hello"), 2));
    for (const signature of [signer.sign(headers, bytes("hello")), streamed]) {
      verify(SECRET, signature, "hello");
      verify(old, signature, "hello");
      expect(() => verify(SECRET, signature, "hallo")).toThrow("No matching signature");
    }
  });

  it.each([
    [[], "one secret, or two"],
    [[SECRET, SECRET, SECRET], "one secret, or two"],
    [undefined, "got undefined"],
    [42, "got 42"],
    ["whsec_", "0 bytes"],
    ["whsec_c2VjcmV0", "6 bytes"],
    [randomBytes(65).toString("base64"), "65 bytes"],
    ["a password that is not base64, my-secret!", "not base64"],
  ])("refuses %j without showing it", (secret, part) => {
    expect(() => createSigner(secret)).toThrow(
      expect.objectContaining({
        code: "invalid-option",
        message: expect.stringMatching(new RegExp(`${part}.*openssl`)),
      }),
    );
    expect(() => createSigner(secret)).not.toThrow(/c2VjcmV0|my-secret/);
  });
});
