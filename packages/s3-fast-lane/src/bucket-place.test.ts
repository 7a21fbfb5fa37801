import { describe, expect, it } from "vitest";
import { placeIn } from "./bucket-place.js";
import { authorizationOf, EMPTY_HASH } from "./sigv4.js";

const TIME = "20261124T080000Z";
const CREDENTIALS = { accessKeyId: "AKID", secretAccessKey: "secret" };
const SIGNED = {
  method: "GET",
  path: "/bucket/a%20b",
  query: { "x-id": "GetObject" },
  headers: { host: "example.com:80", "x-amz-date": TIME, "x-amz-content-sha256": EMPTY_HASH },
};
const AUTHORIZATION = authorizationOf(SIGNED, {
  ...CREDENTIALS,
  region: "eu-west-1",
  time: TIME,
  bodyHash: EMPTY_HASH,
});
const HEADERS = { ...SIGNED.headers, authorization: AUTHORIZATION, "user-agent": "sdk" };
const REQUEST = { ...SIGNED, protocol: "http:", hostname: "example.com", headers: HEADERS };

const placeOf = (request: unknown) => placeIn(request, "a b", CREDENTIALS, undefined);

describe("placeIn()", () => {
  it("reads where a bucket's requests go from one that the SDK has signed", () => {
    expect(placeOf(REQUEST)).toMatchObject({
      host: "example.com:80",
      pathPrefix: "/bucket",
      region: "eu-west-1",
      userAgent: "sdk lib/keywhen#fast-lane",
      signedAgents: {},
    });
  });

  it.each<[string, unknown]>([
    ["that is no request", "GET /bucket/a%20b"],
    ["without headers", { ...REQUEST, headers: null }],
    ["with a fragment", { ...REQUEST, fragment: "x" }],
    ["for another key", { ...REQUEST, path: "/bucket/a" }],
    ["with another query", { ...REQUEST, query: { acl: "" } }],
    ["with another header", { ...REQUEST, headers: { ...HEADERS, "x-mine": "1" } }],
    ["with a trace of Lambda", { ...REQUEST, headers: { ...HEADERS, "X-Amzn-Trace-Id": "1" } }],
    ["with a session", { ...REQUEST, headers: { ...HEADERS, "x-amz-security-token": "t" } }],
    ["that is not signed", { ...REQUEST, headers: SIGNED.headers }],
    ["that another key has signed", { ...REQUEST, headers: signedBy(/AKID/, "OTHER") }],
    ["whose signature is another one", { ...REQUEST, headers: signedBy(/.{64}$/, "0".repeat(64)) }],
    ["that was changed after it was signed", { ...REQUEST, method: "PUT" }],
  ])("leaves to the SDK a request %s", (_, request) => {
    expect(placeOf(request)).toBeUndefined();
  });
});

function signedBy(part: RegExp, other: string): object {
  return { ...HEADERS, authorization: AUTHORIZATION.replace(part, other) };
}
