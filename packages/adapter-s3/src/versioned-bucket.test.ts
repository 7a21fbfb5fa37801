import type { Answer, RecordedRequest } from "@keywhen/test-servers";
import { s3Error, storeErrorOf } from "@keywhen/test-servers";
import { describe, expect, it } from "vitest";
import { onWire, xml } from "./testing/on-wire.js";

const ref = { bucket: "here", key: "k" };
const bytes = new Uint8Array(1);
const ABSENT = { condition: { if: "absent" } } as const;
const versioning = (status: string) =>
  xml(`<VersioningConfiguration>${status}</VersioningConfiguration>`);
const isQuestion = ({ url }: RecordedRequest) => url.includes("versioning");
const WRITTEN: Answer = { headers: { etag: '"e"' } };

function onCeph(question: Answer, put: Answer = WRITTEN) {
  return onWire((request) => (isQuestion(request) ? question : put), {}, { service: "ceph" });
}

describe("a put with a condition to a Ceph bucket", () => {
  it.each(["Enabled", "Suspended"])(
    "is refused before it is sent where versions are %s",
    async (status) => {
      const { store, asked } = await onCeph(versioning(`<Status>${status}</Status>`));
      const error = await storeErrorOf(store.put(ref, bytes, ABSENT));
      expect({ ...error }).toMatchObject({
        code: "not-supported",
        retryable: false,
        undecided: false,
      });
      expect(error.message).toMatch(/bucket here keeps versions.*use a bucket that never had/);
      await storeErrorOf(store.put(ref, bytes, { condition: { if: "version", version: "v" } }));
      expect(asked()).toEqual(["GET /here/?versioning="]);
    },
  );

  it("asks once for each bucket, and never for a put without a condition", async () => {
    const { store, asked } = await onCeph(versioning(""));
    const kinds: string[] = [];
    await store.put(ref, bytes);
    const call = { ...ABSENT, onRequest: (kind: string) => kinds.push(kind) };
    const puts = [store.put(ref, bytes, call), store.put({ ...ref, key: "l" }, bytes, call)];
    for (const { outcome } of await Promise.all(puts)) expect(outcome).toBe("written");
    await store.put(ref, bytes, ABSENT);
    expect(asked().filter((line) => line.includes("versioning"))).toHaveLength(1);
    expect(kinds.toSorted()).toEqual(["get", "put", "put"]);
  });

  it.each([
    ["may not ask", s3Error(403, "AccessDenied")],
    ["asks a store that has no versions", s3Error(501, "NotImplemented")],
  ])("finds it out by the answer's version if it %s", async (_, question) => {
    const answer = { headers: { etag: '"e"', "x-amz-version-id": "v1" } };
    const { store, requests } = await onCeph(question, answer);
    const error = await storeErrorOf(store.put(ref, bytes, ABSENT));
    expect({ ...error }).toMatchObject({ code: "not-supported", undecided: true });
    const sent = requests.length;
    expect({ ...(await storeErrorOf(store.put(ref, bytes, ABSENT))) }).toMatchObject({
      code: "not-supported",
      undecided: false,
    });
    expect(requests).toHaveLength(sent);
  });

  it("is not sent while the question has no answer, and asks again", async () => {
    const { store, requests } = await onCeph(s3Error(503, "SlowDown"));
    for (let time = 0; time < 2; time++) {
      expect({ ...(await storeErrorOf(store.put(ref, bytes, ABSENT))) }).toMatchObject({
        code: "throttled",
        undecided: false,
      });
    }
    expect(requests.every(isQuestion)).toBe(true);
    expect(requests).toHaveLength(2);
  });

  it.each([{ service: "aws" }, { service: "ceph", conditionalPut: true }] as const)(
    "is believed where it is known to work: %o",
    async (options) => {
      const answer = { headers: { etag: '"e"', "x-amz-version-id": "v1" } };
      const { store, asked } = await onWire(() => answer, {}, { fastLane: false, ...options });
      expect(await store.put(ref, bytes, ABSENT)).toMatchObject({ outcome: "written" });
      expect(asked()).toEqual(["PUT /here/k"]);
    },
  );
});
