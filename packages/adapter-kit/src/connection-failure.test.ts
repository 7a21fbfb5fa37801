import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { connectionFailure, thrownText } from "./connection-failure.js";

function system(code: string, syscall: string | undefined, message = `${syscall} ${code} host`) {
  return Object.assign(new Error(message), { code, ...(syscall ? { syscall } : {}) });
}

const openssl = (number: string, reason: string) =>
  system(
    "EPROTO",
    "write",
    `write EPROTO 80AC42:error:${number}:SSL routines:ssl3_get_record:${reason}:../deps/openssl/x.c:354:\n`,
  );

describe("connectionFailure()", () => {
  it.each([
    ["ECONNREFUSED", "connect"],
    ["EHOSTUNREACH", "connect"],
    ["ENOTFOUND", "getaddrinfo"],
    ["EAI_AGAIN", "getaddrinfo"],
    ["DEPTH_ZERO_SELF_SIGNED_CERT", undefined],
    ["SELF_SIGNED_CERT_IN_CHAIN", undefined],
    ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", undefined],
    ["CERT_HAS_EXPIRED", undefined],
    ["ERR_TLS_CERT_ALTNAME_INVALID", undefined],
    ["ERR_SSL_WRONG_VERSION_NUMBER", undefined],
  ])("knows that nothing was sent when %s comes from %s", (code, syscall) => {
    expect(connectionFailure(system(code, syscall))?.sent).toBe(false);
  });

  it("reads the system call out of the words where the SDK keeps nothing else", () => {
    const wrapped = system("ECONNREFUSED", undefined, "connect ECONNREFUSED 127.0.0.1:9");
    expect(connectionFailure(wrapped)?.sent).toBe(false);
  });

  it("says that the endpoint speaks plain HTTP, and that nothing was sent", () => {
    const failure = connectionFailure(openssl("0A00010B", "wrong version number"));
    expect(failure?.sent).toBe(false);
  });

  it("calls a TLS failure that can come later undecided", () => {
    const failure = connectionFailure(openssl("0A000119", "decryption failed or bad record mac"));
    expect(failure).toEqual({ sent: true, message: "decryption failed or bad record mac" });
  });

  it.each([
    ["words that are not OpenSSL's", system("EPROTO", "write"), "write EPROTO host"],
    ["no words", { code: "EPROTO" }, "EPROTO"],
  ])("calls a TLS failure with %s undecided", (_, error, message) => {
    expect(connectionFailure(error)).toEqual({ sent: true, message });
  });

  it("calls a request that timed out undecided, though such an error has no code", () => {
    const message = "The operation was aborted due to timeout";
    const timeout = new DOMException(message, "TimeoutError");
    expect(connectionFailure(timeout)).toEqual({ sent: true, message });
  });

  it("says that the endpoint speaks TLS, and that nothing was carried out", () => {
    const alert = Buffer.from("15030300020246", "hex");
    const error = Object.assign(system("HPE_INVALID_CONSTANT", undefined, "Parse Error"), {
      rawPacket: alert,
    });
    expect(connectionFailure(error)?.sent).toBe(false);
    const other = Object.assign(error, { rawPacket: Buffer.from("SSH-2.0") });
    expect(connectionFailure(other)?.sent).toBe(true);
  });

  it("knows that nothing was sent before TLS was established", () => {
    const words = "Client network socket disconnected before secure TLS connection was established";
    expect(connectionFailure(system("ECONNRESET", undefined, words))?.sent).toBe(false);
  });

  it("takes the first of the errors for several addresses", () => {
    const refused = system("ECONNREFUSED", "connect");
    const all = Object.assign(new AggregateError([refused, refused]), { code: "ECONNREFUSED" });
    const foreign = runInNewContext("(errors) => new AggregateError(errors)")([refused, refused]);
    expect(connectionFailure(Object.assign(foreign, { code: "ECONNREFUSED" }))).toEqual(
      connectionFailure(all),
    );
    expect(connectionFailure(all)).toMatchObject({ sent: false });
  });

  it.each(["ECONNRESET", "EPIPE", "ETIMEDOUT", "HPE_INVALID_CONSTANT", "UND_ERR_SOCKET"])(
    "calls a connection that breaks with %s sent",
    (code) => {
      expect(connectionFailure(system(code, "read"))?.sent).toBe(true);
    },
  );

  it("leaves every other error alone", () => {
    expect(connectionFailure(new TypeError("a bug"))).toBeUndefined();
    expect(connectionFailure(system("ENOENT", "open"))).toBeUndefined();
    expect(connectionFailure(system("InvalidArgument", undefined))).toBeUndefined();
    expect(connectionFailure(system("X_CERT_HAS_EXPIRED", undefined))).toBeUndefined();
    expect(connectionFailure(undefined)).toBeUndefined();
  });
});

describe("thrownText()", () => {
  it("returns the text under a name, and nothing else, for any thrown value", () => {
    expect(thrownText(Object.assign(new Error("x"), { code: "EPIPE" }), "code")).toBe("EPIPE");
    expect(thrownText({ code: 42 }, "code")).toBeUndefined();
    for (const thrown of [undefined, null, "code", 42]) {
      expect(thrownText(thrown, "length")).toBeUndefined();
    }
  });
});
