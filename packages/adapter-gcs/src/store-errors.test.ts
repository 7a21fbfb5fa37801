import type { RequestKind, StoreErrorCode } from "@keywhen/core/store";
import { describe, expect, it } from "vitest";
import { type FailedGcsRequest, saysMissing, toStoreError } from "./store-errors.js";

const RETRY = true;
const FINAL = false;
const UNDECIDED = true;
const DECIDED = false;

function google(reason: string, message = "words"): string {
  return JSON.stringify({ error: { message, errors: [{ message, domain: "global", reason }] } });
}

function failed(seen: Partial<FailedGcsRequest>, operation: RequestKind = "copy") {
  const purpose = { operation, bucket: "b", key: "k" };
  return toStoreError({ ...purpose, sent: true, aborted: false, ...seen });
}

/** What Node throws when a connection fails. */
function system(code: string, syscall: string) {
  return Object.assign(new Error(`${syscall} ${code} 127.0.0.1:9`), { code, syscall });
}

const ANSWERS: [number, string, StoreErrorCode, boolean, boolean][] = [
  [200, "no JSON", "unexpected", FINAL, UNDECIDED],
  [204, "", "unexpected", FINAL, UNDECIDED],
  [302, "", "unexpected", FINAL, DECIDED],
  [400, google("invalid"), "unexpected", FINAL, DECIDED],
  [400, google("userProjectMissing"), "denied", FINAL, DECIDED],
  [401, google("required"), "unauthenticated", FINAL, DECIDED],
  [401, "<html>", "unauthenticated", FINAL, DECIDED],
  [403, google("forbidden"), "denied", FINAL, DECIDED],
  [403, google("retentionPolicyNotMet"), "denied", FINAL, DECIDED],
  [403, google("rateLimitExceeded"), "throttled", RETRY, DECIDED],
  [403, google("userRateLimitExceeded"), "throttled", RETRY, DECIDED],
  [403, google("quotaExceeded"), "throttled", RETRY, DECIDED],
  [404, google("notFound"), "unexpected", FINAL, DECIDED],
  [404, "<html>", "unexpected", FINAL, DECIDED],
  [408, google("uploadBrokenConnection"), "unavailable", RETRY, DECIDED],
  [409, google("conflict"), "conflict", RETRY, UNDECIDED],
  [410, google("gone"), "unavailable", RETRY, DECIDED],
  [412, google("conditionNotMet"), "conflict", RETRY, DECIDED],
  [413, google("uploadTooLarge"), "not-supported", FINAL, DECIDED],
  [429, google("rateLimitExceeded"), "throttled", RETRY, DECIDED],
  [429, "<html>", "throttled", RETRY, DECIDED],
  [500, google("internalError"), "unavailable", RETRY, UNDECIDED],
  [502, "<html>", "unavailable", RETRY, UNDECIDED],
  [503, google("backendError"), "unavailable", RETRY, UNDECIDED],
  [504, google("gatewayTimeout"), "unavailable", RETRY, UNDECIDED],
  [501, google("notImplemented"), "not-supported", FINAL, DECIDED],
];

const CONNECTIONS: [Error, StoreErrorCode, boolean, boolean][] = [
  [system("ECONNREFUSED", "connect"), "unavailable", RETRY, DECIDED],
  [system("ECONNRESET", "read"), "unavailable", RETRY, UNDECIDED],
  [new TypeError("a bug"), "unexpected", FINAL, UNDECIDED],
];

describe("toStoreError()", () => {
  it.each(ANSWERS)("translates %s %s to %s (retryable %s, undecided %s)", (...row) => {
    const [status, text, code, retryable, undecided] = row;
    const error = failed({ status, text });
    expect({ ...error }).toMatchObject({ code, retryable, undecided, bucket: "b", key: "k" });
  });

  it.each(CONNECTIONS)("translates %s to %s (retryable %s, undecided %s)", (...row) => {
    const [error, code, retryable, undecided] = row;
    const made = failed({ error });
    expect({ ...made }).toMatchObject({ code, retryable, undecided });
    expect(made.cause).toBe(error);
  });

  it.each(["put", "list"] as const)("knows that a %s misses its bucket", (operation) => {
    const error = failed({ status: 404, text: google("notFound") }, operation);
    expect({ ...error }).toMatchObject({ code: "no-such-bucket", undecided: false });
  });

  it("does not trust a proxy's 404, except for uploads, which Google refuses in plain text", () => {
    expect(failed({ status: 404, text: "<html>" }, "list").code).toBe("unexpected");
    expect(failed({ status: 404, text: "Not Found" }, "put").code).toBe("no-such-bucket");
  });

  it.each([true, false])("calls an abort undecided only if the request was sent: %s", (sent) => {
    const error = failed({ error: new Error("stopped"), sent, aborted: true });
    expect({ ...error }).toMatchObject({ code: "aborted", undecided: sent });
  });

  it("returns an ObjectStoreError unchanged", () => {
    const error = failed({ status: 500, text: "" });
    expect(failed({ error })).toBe(error);
  });

  it("has the store's words in one line", () => {
    const words = (status: number, text: string) => failed({ status, text }).message;
    expect(words(403, google("forbidden", "no access\nat all"))).toBe(
      "copy b/k: no access (forbidden)",
    );
    expect(words(429, google("busy", "busy"))).toBe("copy b/k: busy");
    expect(words(502, "<html>\n<p>sorry</p>")).toBe("copy b/k: answered 502");
    expect(failed({ error: new Error("first\n second") }).message).toBe("copy b/k: first");
  });
});

describe("saysMissing()", () => {
  it.each([
    [404, google("notFound"), true],
    [404, "<html>not found</html>", false],
    [404, google("other"), false],
    [410, google("notFound"), false],
  ])("trusts only Google's own answer: %s %s", (status, text, missing) => {
    expect(saysMissing({ status, text })).toBe(missing);
  });
});
