import { S3Client } from "@aws-sdk/client-s3";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { authorizationOf, escapePath, sha256 } from "./sigv4.js";

const ODD = "|%+ '\"#?/.~!()*&=;:,@$é\u{1f4c5}\n\t\\<>[]{}^`azAZ09-_";
const oddText = fc.string({ unit: fc.constantFrom(...ODD), maxLength: 24 });
const oddKey = fc.oneof(
  oddText,
  fc.constantFrom("./a", "../a", "a//b", "a/./b", "//", ".", "a/../b", "/", " ", "%2F"),
);
const secret = fc.string({ unit: fc.constantFrom(..."azAZ09+/="), minLength: 1, maxLength: 40 });

const request = fc.record({
  method: fc.constantFrom("GET", "PUT", "POST"),
  key: oddKey,
  query: fc.dictionary(fc.string({ unit: fc.constantFrom(..."aZ-.~ é|%"), minLength: 1 }), oddText),
  copySource: oddKey.map((key) => `here/${escapePath(key)}`),
  spaced: fc.string({ unit: fc.constantFrom(..."a  \tb"), maxLength: 8 }),
  body: oddText,
});
const identity = fc.record({
  accessKeyId: fc.stringMatching(/^[A-Z0-9]{1,20}$/),
  secretAccessKey: secret,
  sessionToken: fc.option(secret, { nil: undefined }),
});

describe("authorizationOf()", () => {
  it("signs as the SDK's own signer does", async () => {
    await fc.assert(
      fc.asyncProperty(
        request,
        identity,
        fc.constantFrom("us-east-1", "cn-north-1", "default"),
        fc.date({ min: new Date("2020-01-01"), max: new Date("2035-01-01"), noInvalidDate: true }),
        async ({ method, key, query, copySource, spaced, body }, credentials, region, date) => {
          const time = `${date.toISOString().slice(0, 19).replace(/[:-]/g, "")}Z`;
          const { accessKeyId, secretAccessKey, sessionToken } = credentials;
          const headers = {
            host: "bucket.example:8080",
            "x-amz-copy-source": copySource,
            "x-amz-meta-spaced": spaced,
            "x-amz-content-sha256": sha256(body),
            "x-amz-date": time,
            ...(sessionToken === undefined ? {} : { "x-amz-security-token": sessionToken }),
          };
          const path = `/bucket/${escapePath(key)}`;
          const place = { protocol: "http:", hostname: "bucket.example" };
          const theirs = await signBySdk({ method, path, query, headers, ...place }, credentials, {
            region,
            date,
          });
          const signing = { accessKeyId, secretAccessKey, region, time, bodyHash: sha256(body) };
          expect(authorizationOf({ method, path, query, headers }, signing)).toBe(
            theirs.headers["authorization"],
          );
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it("signs with one secret for several regions and days in turn", async () => {
    const credentials = { accessKeyId: "key", secretAccessKey: "one secret" };
    const unsigned = { method: "GET", path: "/bucket/key", query: {}, body: undefined };
    for (const day of ["24", "25", "24"]) {
      for (const region of ["us-east-1", "eu-west-1", "us-east-1"]) {
        const time = `202611${day}T080000Z`;
        const headers = {
          host: "bucket.example",
          "x-amz-date": time,
          "x-amz-content-sha256": sha256(""),
        };
        const place = { protocol: "http:", hostname: "bucket.example" };
        const date = new Date(`2026-11-${day}T08:00:00Z`);
        const theirs = await signBySdk({ ...unsigned, ...place, headers }, credentials, {
          region,
          date,
        });
        const signing = { ...credentials, region, time, bodyHash: sha256("") };
        expect(authorizationOf({ ...unsigned, headers }, signing)).toBe(
          theirs.headers["authorization"],
        );
      }
    }
  });
});

async function signBySdk(
  unsigned: Parameters<Awaited<ReturnType<S3Client["config"]["signer"]>>["sign"]>[0],
  credentials: { accessKeyId: string; secretAccessKey: string; sessionToken?: string | undefined },
  { region, date }: { region: string; date: Date },
) {
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  const token = sessionToken === undefined ? {} : { sessionToken };
  const client = new S3Client({ region, credentials: { accessKeyId, secretAccessKey, ...token } });
  const signer = await client.config.signer({
    name: "sigv4",
    signingName: "s3",
    signingRegion: region,
    properties: {},
  });
  client.destroy();
  return signer.sign(unsigned, { signingDate: date });
}
