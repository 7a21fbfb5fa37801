import { storeErrorOf } from "@keywhen/test-servers";
import { describe, expect, it } from "vitest";
import { azureError, onWire } from "./testing/on-wire.js";

const REF = { bucket: "bucket", key: "key" };
const TARGET = { bucket: "bucket", key: "target" };

/** Status and code as Azure documents them, and their translation. */
const TABLE = [
  [404, "ContainerNotFound", "no-such-bucket", false, false],
  [409, "ContainerBeingDeleted", "no-such-bucket", false, false],
  [403, "AuthenticationFailed", "unauthenticated", false, false],
  [403, "AuthorizationFailure", "denied", false, false],
  [403, "AuthorizationPermissionMismatch", "denied", false, false],
  [403, "InsufficientAccountPermissions", "denied", false, false],
  [409, "PublicAccessNotPermitted", "denied", false, false],
  [409, "BlobImmutableDueToPolicy", "denied", false, false],
  [412, "LeaseIdMissing", "denied", false, false],
  [401, "NoAuthenticationInformation", "unauthenticated", false, false],
  [503, "ServerBusy", "throttled", true, false],
  [429, "TooManyRequests", "throttled", true, false],
  [500, "OperationTimedOut", "unavailable", true, true],
  [500, "InternalError", "unavailable", true, true],
  [502, "", "unavailable", true, true],
  [503, "", "unavailable", true, true],
  [408, "RequestTimeout", "unavailable", true, false],
  [400, "Md5Mismatch", "unavailable", true, false],
  [409, "PendingCopyOperation", "conflict", true, false],
  [400, "InvalidBlockList", "conflict", true, false],
  [412, "ConditionNotMet", "conflict", true, false],
  [400, "InvalidResourceName", "invalid-key", false, false],
  [400, "OutOfRangeInput", "invalid-key", false, false],
  [400, "InvalidUri", "invalid-key", false, false],
  [400, "InvalidMetadata", "not-supported", false, false],
  [400, "MetadataTooLarge", "not-supported", false, false],
  [409, "InvalidBlobType", "not-supported", false, false],
  [413, "RequestBodyTooLarge", "not-supported", false, false],
  [501, "NotImplemented", "not-supported", false, false],
  [400, "NobodyKnows", "unexpected", false, false],
] as const;

describe("toStoreError()", () => {
  it.each(TABLE)(
    "translates %i %s to %s",
    async (status, azureCode, code, retryable, undecided) => {
      const { store } = await onWire(() => azureError(status, azureCode));
      const error = await storeErrorOf(store.put(REF, Buffer.from("body")));
      expect(error).toMatchObject({ ...REF, operation: "put", code, retryable, undecided });
      expect(error.message).not.toContain("\n");
      expect(error.message).toContain(azureCode);
    },
  );

  it.each([
    [404, "", "source-gone"],
    [404, "BlobNotFound", "source-gone"],
    [404, "ContainerNotFound", "no-such-bucket"],
    [403, "AuthenticationFailed", "unauthenticated"],
    [403, "AuthorizationFailure", "denied"],
    [503, "ServerBusy", "throttled"],
    [500, "InternalError", "unavailable"],
  ])("reads the answer of a copy's source: %i %s is %s", async (status, sourceCode, result) => {
    const source = sourceCode === "" ? {} : { "x-ms-copy-source-error-code": sourceCode };
    const { store } = await onWire(({ method }) =>
      method === "HEAD"
        ? { headers: { "x-ms-blob-type": "BlockBlob", "content-length": "4", etag: '"1"' } }
        : azureError(status, "CannotVerifyCopySource", source),
    );
    const outcome = await store.copy(REF, TARGET).then(
      (copied) => ({ result: copied.outcome, undecided: false }),
      ({ code, undecided }) => ({ result: code, undecided }),
    );
    expect(outcome).toEqual({ result, undecided: false });
  });

  it("has the status if the answer has no words", async () => {
    const { store } = await onWire(() => ({ status: 403 }));
    const error = await storeErrorOf(store.head(REF));
    expect(error.message).toBe("head bucket/key: answered 403");
  });
});
