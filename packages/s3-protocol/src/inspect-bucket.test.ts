import type { StoreErrorCode } from "@keywhen/core/store";
import { describe, expect, it } from "vitest";
import { inspectBucket } from "./inspect-bucket.js";
import type { Send } from "./s3-connection.js";
import type { LifecycleRule, ObjectLock } from "./s3-operations.js";
import { answerError, toStoreError } from "./store-errors.js";

interface Settings {
  readonly rules?: LifecycleRule[];
  readonly versioning?: string;
  readonly lock?: ObjectLock;
}

function bucketWith({ rules, versioning, lock }: Settings): Send {
  const answers: Record<string, object> = {
    GetBucketLifecycleConfiguration: { Rules: rules },
    GetBucketVersioning: { Status: versioning },
    GetObjectLockConfiguration: { ObjectLockConfiguration: lock },
  };
  return async (name) => Object(answers[name]);
}

function failing(status: number, code: string): Send {
  return async (_, __, purpose) => {
    const seen = { sent: true, status, aborted: false };
    throw toStoreError({ ...purpose, ...seen, error: answerError(code) });
  };
}

async function inspect(send: Send): Promise<string[]> {
  const findings = await inspectBucket(send, { bucket: "b", root: "acme/jobs" });
  return findings.map(({ name, status }) => `${status} ${name}`);
}

const enabled = (rule: LifecycleRule): LifecycleRule => ({ ID: "r", Status: "Enabled", ...rule });
const expiring = (rule: LifecycleRule) => enabled({ Expiration: { Days: 7 }, ...rule });

describe("inspectBucket()", () => {
  it("finds nothing wrong with a plain bucket", async () => {
    const fine = ["ok lifecycle", "ok versioning", "ok object lock"];
    expect(await inspect(bucketWith({}))).toEqual(fine);
    expect(await inspect(failing(404, "NoSuchLifecycleConfiguration"))).toEqual(fine);
    expect(await inspect(failing(404, "ObjectLockConfigurationNotFoundError"))).toEqual(fine);
    expect(await inspect(failing(501, "NotImplemented"))).toEqual(fine);
  });

  it("names a rule, or says that it has no id", async () => {
    const rules = [expiring({}), { ...expiring({}), ID: undefined }];
    const findings = await inspectBucket(bucketWith({ rules }), { bucket: "b", root: "acme/jobs" });
    const [named, unnamed] = findings.map(({ detail }) => detail);
    expect(named).toContain('rule "r" deletes after 7 d');
    expect(unnamed).toContain('rule "without an id" deletes after 7 d');
  });

  it.each(["Enabled", "Suspended"])(
    "fails %s versions where conditions are ignored",
    async (versioning) => {
      const send = bucketWith({ versioning });
      const inspected = { bucket: "b", root: "acme/jobs", mayIgnoreOnVersions: true };
      const [, found] = await inspectBucket(send, inspected);
      expect(found).toMatchObject({ name: "versioning", status: "fail" });
      expect(found?.hint).toContain("never had versioning");
    },
  );

  it.each<[string, LifecycleRule, "fail" | "ok"]>([
    ["the whole bucket", expiring({}), "fail"],
    ["the root", expiring({ Filter: { Prefix: "acme/jobs/" } }), "fail"],
    ["the root, by an old rule", expiring({ Prefix: "acme/jobs/pending/" }), "fail"],
    ["some due times", expiring({ Filter: { Prefix: "acme/jobs/pending/2026" } }), "fail"],
    ["shards", expiring({ Filter: { Prefix: "acme/jobs/pending." } }), "fail"],
    ["dead letters", expiring({ Filter: { Prefix: "acme/jobs/dead/" } }), "fail"],
    ["some tags", expiring({ Filter: { And: { Prefix: "acme/", Tags: [{}] } } }), "fail"],
    ["archives", enabled({ Transitions: [{}] }), "fail"],
    ["a date", enabled({ Expiration: { Date: new Date(0) } }), "fail"],
    ["another folder", expiring({ Filter: { Prefix: "acme/logs/" } }), "ok"],
    ["what doctor leaves", expiring({ Filter: { Prefix: "acme/jobs/probe/" } }), "ok"],
    ["a rule that is off", { ...expiring({}), Status: "Disabled" }, "ok"],
    ["old versions", enabled({ NoncurrentVersionExpiration: {} }), "ok"],
    ["markers", enabled({ Expiration: { ExpiredObjectDeleteMarker: true } }), "ok"],
  ])("judges a lifecycle rule for %s", async (_, rule, status) => {
    const [lifecycle] = await inspectBucket(bucketWith({ rules: [rule] }), {
      bucket: "b",
      root: "acme/jobs",
    });
    expect(lifecycle).toMatchObject({ name: "lifecycle", status });
    if (status === "fail") expect(lifecycle?.detail).toContain('rule "r"');
  });

  it("warns of versions unless rules remove them with their markers", async () => {
    const versioning = "Enabled";
    const old = enabled({ NoncurrentVersionExpiration: {} });
    const markers = enabled({ Expiration: { ExpiredObjectDeleteMarker: true } });
    const elsewhere = { ...old, Filter: { Prefix: "logs/" } };
    const forTags = { ...old, Filter: { Tag: {} } };
    const rulesOf = async (...rules: LifecycleRule[]) =>
      (await inspect(bucketWith({ versioning, rules })))[1];
    expect(await rulesOf()).toBe("warn versioning");
    expect(await rulesOf(old)).toBe("warn versioning");
    expect(await rulesOf(elsewhere, markers)).toBe("warn versioning");
    expect(await rulesOf(forTags, markers)).toBe("warn versioning");
    expect(await rulesOf(old, markers)).toBe("ok versioning");
  });

  it("warns of a lock that is put on everything", async () => {
    const ObjectLockEnabled = "Enabled";
    const lock = { ObjectLockEnabled, Rule: { DefaultRetention: {} } };
    expect(await inspect(bucketWith({ lock }))).toContain("warn object lock");
    expect(await inspect(bucketWith({ lock: { ObjectLockEnabled } }))).toContain("ok object lock");
  });

  it("names the right that it would need, and goes on", async () => {
    const findings = await inspectBucket(failing(403, "AccessDenied"), { bucket: "b", root: "r" });
    expect(findings.map(({ status }) => status)).toEqual(["warn", "warn", "warn"]);
    expect(findings[0]?.hint).toContain("s3:GetLifecycleConfiguration");
  });

  it("throws what is no answer", async () => {
    const code: StoreErrorCode = "unavailable";
    await expect(inspect(failing(500, "InternalError"))).rejects.toMatchObject({ code });
  });
});
