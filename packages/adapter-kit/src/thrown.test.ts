import { describe, expect, it } from "vitest";
import { isDistrust, thrownText } from "./thrown.js";

describe("thrownText()", () => {
  it("returns the text under a name, and nothing else, for any thrown value", () => {
    expect(thrownText(Object.assign(new Error("x"), { code: "EPIPE" }), "code")).toBe("EPIPE");
    expect(thrownText({ code: 42 }, "code")).toBeUndefined();
    for (const thrown of [undefined, null, "code", 42]) {
      expect(thrownText(thrown, "length")).toBeUndefined();
    }
  });
});

describe("isDistrust()", () => {
  it("knows what Node says of certificates, and no other broken connection", () => {
    const distrusts = (code: string) => isDistrust(Object.assign(new Error("x"), { code }));
    expect(
      [
        "ERR_TLS_CERT_ALTNAME_INVALID",
        "ERR_SSL_WRONG_VERSION_NUMBER",
        "CERT_HAS_EXPIRED",
        "SELF_SIGNED_CERT_IN_CHAIN",
        "DEPTH_ZERO_SELF_SIGNED_CERT",
        "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
      ].every(distrusts),
    ).toBe(true);
    expect(["ECONNRESET", "ENOTFOUND", "X_CERT_HAS_EXPIRED"].some(distrusts)).toBe(false);
    expect(isDistrust(new Error("x"))).toBe(false);
  });
});
