import { describe, expect, it } from "vitest";
import type { Send } from "./s3-connection.js";
import { storeOf } from "./s3-object-store.js";
import { answerError, toStoreError } from "./store-errors.js";
import { versionedBuckets } from "./versioned-buckets.js";

const REF = { bucket: "here", key: "k" };

/** What a bucket answers about its versioning and a put. */
interface Bucket {
  state?: string | undefined;
  refusal?: { readonly status: number; readonly code: string };
  versionId?: string;
}

function sendTo(bucket: Bucket, sent: string[]): Send {
  return async (name, _, purpose) => {
    sent.push(name);
    if (name === "GetBucketVersioning" && bucket.refusal !== undefined) {
      const { status, code } = bucket.refusal;
      throw toStoreError({
        ...purpose,
        sent: true,
        status,
        aborted: false,
        error: answerError(code),
      });
    }
    const answers: Record<string, object> = {
      GetBucketVersioning: { Status: bucket.state },
      PutObject: { ETag: '"e"', VersionId: bucket.versionId },
    };
    return Object(answers[name]);
  };
}

function cephStore(bucket: Bucket) {
  const sent: string[] = [];
  return { store: storeOf(sendTo(bucket, sent), { service: "ceph" }), sent };
}

describe("a put with a condition to a bucket of a store that may ignore it", () => {
  const bytes = new Uint8Array(1);
  const conditions = [{ if: "absent" }, { if: "version", version: "v" }] as const;

  it.each(["Enabled", "Suspended"])("is refused unsent while versions are %s", async (state) => {
    const { store, sent } = cephStore({ state });
    for (const condition of conditions) {
      await expect(store.put(REF, bytes, { condition })).rejects.toMatchObject({
        code: "not-supported",
        undecided: false,
        message: expect.stringContaining("bucket here keeps versions"),
      });
    }
    expect(sent).toEqual(["GetBucketVersioning"]);
    expect(await store.put(REF, bytes)).toMatchObject({ outcome: "written" });
  });

  it("is refused after it was sent if only its answer shows that the bucket keeps versions", async () => {
    const { store, sent } = cephStore({
      refusal: { status: 403, code: "AccessDenied" },
      versionId: "v1",
    });
    const [condition] = conditions;
    for (const undecided of [true, false]) {
      await expect(store.put(REF, bytes, { condition })).rejects.toMatchObject({
        code: "not-supported",
        undecided,
      });
    }
    expect(sent).toEqual(["GetBucketVersioning", "PutObject"]);
  });
});

it.each([{ service: "aws" }, { service: "ceph", conditionalPut: true }] as const)(
  "a put with a condition is sent without a question if it is known to work: %o",
  async (settings) => {
    const sent: string[] = [];
    const store = storeOf(sendTo({ versionId: "v1" }, sent), settings);
    const put = store.put(REF, new Uint8Array(1), { condition: { if: "absent" } });
    expect(await put).toMatchObject({ outcome: "written" });
    expect(sent).toEqual(["PutObject"]);
  },
);

describe("a put to such a bucket without versions", () => {
  const condition = { if: "absent" } as const;

  it("asks once for each bucket, and never for a put without a condition", async () => {
    const { store, sent } = cephStore({});
    await store.put(REF, new Uint8Array(1));
    const puts = ["k", "l", "m"].map((key) =>
      store.put({ ...REF, key }, new Uint8Array(1), { condition }),
    );
    for (const { outcome } of await Promise.all(puts)) expect(outcome).toBe("written");
    const put = "PutObject";
    expect(sent).toEqual([put, "GetBucketVersioning", put, put, put]);
  });

  it("is not sent while the question has no answer, and asks again", async () => {
    const { store, sent } = cephStore({ refusal: { status: 503, code: "SlowDown" } });
    for (let time = 0; time < 2; time++) {
      await expect(store.put(REF, new Uint8Array(1), { condition })).rejects.toMatchObject({
        code: "throttled",
        undecided: false,
      });
    }
    expect(sent).toEqual(["GetBucketVersioning", "GetBucketVersioning"]);
  });
});

describe("what is known of a bucket's versions", () => {
  const known = (bucket: Bucket) => {
    const sent: string[] = [];
    const time = { nowMs: 0 };
    const buckets = versionedBuckets(sendTo(bucket, sent), () => time.nowMs);
    return { buckets, sent, time };
  };

  it("is asked again after five minutes, because versions can be turned on", async () => {
    const bucket: Bucket = {};
    const { buckets, sent, time } = known(bucket);
    await buckets.check(REF, undefined);
    bucket.state = "Enabled";
    time.nowMs = 299_999;
    await buckets.check(REF, undefined);
    expect(sent).toHaveLength(1);
    time.nowMs = 300_000;
    await expect(buckets.check(REF, undefined)).rejects.toMatchObject({ code: "not-supported" });
  });

  it("is asked again 10 s after a refusal, because a new bucket can take its place", async () => {
    const bucket: Bucket = { state: "Suspended" };
    const { buckets, sent, time } = known(bucket);
    await expect(buckets.check(REF, undefined)).rejects.toThrow("keeps versions");
    bucket.state = undefined;
    time.nowMs = 9_999;
    await expect(buckets.check(REF, undefined)).rejects.toThrow("keeps versions");
    expect(sent).toHaveLength(1);
    time.nowMs = 10_000;
    await buckets.check(REF, undefined);
    expect(sent).toHaveLength(2);
  });

  it("is known from an answer for 10 s, without a question", async () => {
    const { buckets, sent, time } = known({});
    expect(() => buckets.checkAnswer(REF, "v1")).toThrow("keeps versions");
    time.nowMs = 9_999;
    await expect(buckets.check(REF, undefined)).rejects.toMatchObject({ undecided: false });
    expect(sent).toEqual([]);
    time.nowMs = 10_000;
    await buckets.check(REF, undefined);
    expect(sent).toEqual(["GetBucketVersioning"]);
  });

  it("does not depend on other buckets, nor on answers without a version", async () => {
    const { buckets } = known({});
    expect(() => buckets.checkAnswer({ ...REF, bucket: "away" }, "v1")).toThrow("away");
    buckets.checkAnswer(REF, undefined);
    await buckets.check(REF, undefined);
  });
});
