import type { FailedRequest } from "@keywhen/adapter-kit";
import type { StoreErrorCode } from "@keywhen/core/store";
import { describe, expect, it } from "vitest";
import { toStoreError } from "./store-errors.js";

const RETRY = true;
const FINAL = false;
const UNDECIDED = true;
const DECIDED = false;

/** What the SDK throws for an answer with this error code in it. */
function service(name: string, message = "words") {
  return Object.assign(new Error(message), { name, $fault: "client" });
}

/** What Node throws when a connection fails. */
function system(code: string, syscall: string, name = "Error") {
  return Object.assign(new Error(`${syscall} ${code} 127.0.0.1:9`), { name, code, syscall });
}

function failed(error: unknown, status?: number, more: Partial<FailedRequest> = {}) {
  const seen = { sent: true, status, aborted: false };
  return toStoreError({ operation: "put", bucket: "b", key: "k", error, ...seen, ...more });
}

type Row = [
  status: number | undefined,
  error: Error,
  code: StoreErrorCode,
  retryable: boolean,
  undecided: boolean,
];

const ANSWERS: Row[] = [
  [404, service("NoSuchBucket"), "no-such-bucket", FINAL, DECIDED],
  [301, service("PermanentRedirect"), "no-such-bucket", FINAL, DECIDED],
  [307, service("TemporaryRedirect"), "unavailable", RETRY, DECIDED],
  [403, service("AccessDenied"), "denied", FINAL, DECIDED],
  [200, service("AccessDenied"), "denied", FINAL, DECIDED],
  [403, service("Unknown"), "denied", FINAL, DECIDED],
  [401, service("Unknown"), "unauthenticated", FINAL, DECIDED],
  [403, service("InvalidAccessKeyId"), "unauthenticated", FINAL, DECIDED],
  [403, service("SignatureDoesNotMatch"), "unauthenticated", FINAL, DECIDED],
  [400, service("ExpiredToken"), "unauthenticated", FINAL, DECIDED],
  [400, service("KMS.DisabledException"), "denied", FINAL, DECIDED],
  [403, service("RequestTimeTooSkewed"), "unauthenticated", RETRY, DECIDED],
  [400, service("InvalidToken"), "unauthenticated", FINAL, DECIDED],
  [400, service("AuthorizationHeaderMalformed"), "unauthenticated", FINAL, DECIDED],
  [503, service("SlowDown"), "throttled", RETRY, DECIDED],
  [200, service("SlowDown"), "throttled", RETRY, DECIDED],
  [429, service("Unknown"), "throttled", RETRY, DECIDED],
  [400, service("RequestLimitExceeded"), "throttled", RETRY, DECIDED],
  [429, service("TooManyRequests"), "throttled", RETRY, DECIDED],
  [409, service("ConditionalRequestConflict"), "conflict", RETRY, UNDECIDED],
  [409, service("OperationAborted"), "conflict", RETRY, UNDECIDED],
  [412, service("PreconditionFailed"), "conflict", RETRY, DECIDED],
  [400, service("KeyTooLongError"), "invalid-key", FINAL, DECIDED],
  [400, service("InvalidBucketName"), "invalid-key", FINAL, DECIDED],
  [400, service("InvalidObjectName"), "invalid-key", FINAL, DECIDED],
  [501, service("NotImplemented"), "not-supported", FINAL, DECIDED],
  [501, service("Unknown"), "not-supported", FINAL, DECIDED],
  [400, service("EntityTooLarge"), "not-supported", FINAL, DECIDED],
  [403, service("InvalidObjectState"), "not-supported", FINAL, DECIDED],
  [500, service("InternalError"), "unavailable", RETRY, UNDECIDED],
  [200, service("InternalError"), "unavailable", RETRY, UNDECIDED],
  [500, service("Unknown"), "unavailable", RETRY, UNDECIDED],
  [503, service("ServiceUnavailable"), "unavailable", RETRY, UNDECIDED],
  [502, new Error("not XML"), "unavailable", RETRY, UNDECIDED],
  [400, service("RequestTimeout"), "unavailable", RETRY, DECIDED],
  [400, service("BadDigest"), "unavailable", RETRY, DECIDED],
  [400, service("InvalidArgument"), "unexpected", FINAL, DECIDED],
  [404, service("NoSuchKey"), "unexpected", FINAL, DECIDED],
  [404, new Error("not XML"), "unexpected", FINAL, DECIDED],
  [403, new Error("not XML"), "denied", FINAL, DECIDED],
  [200, service("AnyOther"), "unexpected", FINAL, UNDECIDED],
  [200, new Error("not XML"), "unexpected", FINAL, UNDECIDED],
  [200, service("Unknown"), "unexpected", FINAL, UNDECIDED],
];

const CONNECTIONS: Row[] = [
  [undefined, system("ECONNREFUSED", "connect"), "unavailable", RETRY, DECIDED],
  [undefined, system("ECONNRESET", "read"), "unavailable", RETRY, UNDECIDED],
  [200, system("ECONNRESET", ""), "unavailable", RETRY, UNDECIDED],
  [undefined, system("", "", "TimeoutError"), "unavailable", RETRY, UNDECIDED],
  [undefined, new TypeError("a bug"), "unexpected", FINAL, UNDECIDED],
];

describe("toStoreError()", () => {
  it.each([...ANSWERS, ...CONNECTIONS])(
    "takes %s %s for %s (retryable %s, undecided %s)",
    (status, thrown, code, retryable, undecided) => {
      const error = failed(thrown, status);
      expect({ ...error }).toMatchObject({ code, retryable, undecided, bucket: "b", key: "k" });
      expect(error.cause).toBe(thrown);
    },
  );

  it.each([
    [
      "CredentialsProviderError",
      "Could not load credentials",
      "unauthenticated",
      /no AWS credentials/,
    ],
    ["InvalidBucketName", "Bucket name shouldn't contain '/'", "invalid-key", /shouldn't contain/],
    ["TypeError", "a bug", "unexpected", /a bug/],
  ] as const)("knows that nothing was done before sending: %s", (name, text, code, message) => {
    const error = failed(Object.assign(new Error(text), { name }), undefined, { sent: false });
    expect({ ...error }).toMatchObject({ code, retryable: false, undecided: false });
    expect(error.message).toMatch(message);
  });

  it.each([
    [
      "authorization",
      "unauthenticated",
      /the access key or the session token contains a char.* line end/,
    ],
    ["X-Amz-Security-Token", "unauthenticated", /the access key or the session token contains/],
    ["x-amz-meta-a", "unexpected", /Invalid character in header content \["x-amz-meta-a"\]/],
  ] as const)(
    "knows that nothing was sent if Node refuses the header %s",
    (header, code, message) => {
      const text = `Invalid character in header content ["${header}"]`;
      const error = failed(Object.assign(new TypeError(text), { code: "ERR_INVALID_CHAR" }));
      expect({ ...error }).toMatchObject({ code, retryable: false, undecided: false });
      expect(error.message).toMatch(message);
    },
  );

  it("takes half a character for an invalid key", () => {
    const error = failed(new URIError("URI malformed"), undefined, { sent: false });
    expect({ ...error }).toMatchObject({ code: "invalid-key", undecided: false });
  });

  it.each([true, false])("calls an abort undecided only if the request was sent: %s", (sent) => {
    const error = failed(new Error("stopped"), undefined, { sent, aborted: true });
    expect({ ...error }).toMatchObject({ code: "aborted", undecided: sent });
  });

  it("says in one line what the store said", () => {
    const words = (error: Error, status: number) => failed(error, status).message;
    expect(words(service("AccessDenied", "Access Denied"), 403)).toBe(
      "put b/k: Access Denied (AccessDenied)",
    );
    expect(words(service("NoSuchBucket", "UnknownError"), 404)).toBe("put b/k: NoSuchBucket");
    expect(words(service("Unknown", "UnknownError"), 403)).toBe("put b/k: answered 403");
    expect(words(new Error("first\n  second"), 200)).toBe("put b/k: first");
  });

  it("names what is wrong with rejected credentials, and what to do", () => {
    const words = (error: Error, status: number) => failed(error, status).message;
    expect(words(service("SignatureDoesNotMatch", "The request signature …"), 403)).toBe(
      "put b/k: the store rejected the credentials (SignatureDoesNotMatch): check the secret access key",
    );
    expect(words(service("ExpiredToken"), 400)).toMatch(
      /\(ExpiredToken\): they have expired; renew/,
    );
    expect(words(service("RequestTimeTooSkewed"), 403)).toMatch(/set the clock of this machine$/);
    expect(words(service("Unknown"), 401)).toMatch(/\(answered 401\): check the access key$/);
  });

  it("names the bucket that is missing, which may be the source's", () => {
    const cause = Object.assign(service("NoSuchBucket"), { BucketName: "other" });
    expect({ ...failed(cause, 404) }).toMatchObject({ bucket: "other", key: undefined });
  });
});
