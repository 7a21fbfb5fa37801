import { hasCode } from "@keywhen/core";
import type { Finding, RequestOptions } from "@keywhen/core/store";
import type { Send } from "./s3-connection.js";
import type { LifecycleRule, S3OperationName, S3Operations } from "./s3-operations.js";
import { type S3Service, type S3StoreSettings, serviceProfile } from "./settings.js";
import { s3CodeOf } from "./store-errors.js";

const NOT_SET =
  /^(NoSuchLifecycleConfiguration|ObjectLockConfigurationNotFoundError|NoSuchObjectLockConfiguration)$/;

export interface InspectedBucket {
  readonly bucket: string;
  readonly root: string;
  /** The store may ignore the condition of a put to a bucket that keeps versions. */
  readonly mayIgnoreOnVersions?: boolean | undefined;
}

interface OpenedBucket extends S3StoreSettings {
  readonly service: S3Service;
  readonly bucket: string;
  readonly root: string | undefined;
}

export function inspectorOf(
  send: Send,
  { bucket, root = "keywhen", service, conditionalPut }: OpenedBucket,
): (call?: RequestOptions) => Promise<readonly Finding[]> {
  const { mayIgnoreOnVersions } = serviceProfile(service, conditionalPut);
  return (call) => inspectBucket(send, { bucket, root, mayIgnoreOnVersions }, call);
}

/** Finds settings that would hurt a schedule: lifecycle rules, versioning, Object Lock. Reads only. */
export async function inspectBucket(
  send: Send,
  { bucket, root, mayIgnoreOnVersions = false }: InspectedBucket,
  call?: RequestOptions,
): Promise<readonly Finding[]> {
  const ask = { send, bucket, call };
  const lifecycle = await setting(ask, "GetBucketLifecycleConfiguration");
  const rules = isUnreadable(lifecycle) ? [] : (lifecycle.Rules ?? []);
  return [
    ...(isUnreadable(lifecycle)
      ? [unreadable("lifecycle", lifecycle, "s3:GetLifecycleConfiguration")]
      : lifecycleFindings(rules, root)),
    versioningFinding(await setting(ask, "GetBucketVersioning"), {
      rules,
      root,
      mayIgnoreOnVersions,
    }),
    lockFinding(await setting(ask, "GetObjectLockConfiguration")),
  ];
}

type Setting = Extract<
  S3OperationName,
  "GetBucketLifecycleConfiguration" | "GetBucketVersioning" | "GetObjectLockConfiguration"
>;

interface Unreadable {
  readonly denied: string;
}

/** Empty if the bucket or the store has no such setting. */
async function setting<N extends Setting>(
  { send, bucket, call }: { send: Send; bucket: string; call: RequestOptions | undefined },
  name: N,
): Promise<S3Operations[N]["output"] | Unreadable> {
  try {
    return await send(name, { Bucket: bucket }, { operation: "get", bucket, call });
  } catch (error) {
    if (NOT_SET.test(s3CodeOf(error) ?? "") || hasCode(error, "not-supported")) return {};
    if (hasCode(error, "denied")) return { denied: error.message };
    throw error;
  }
}

function isUnreadable(answer: object): answer is Unreadable {
  return "denied" in answer;
}

interface VersioningPlace {
  readonly rules: readonly LifecycleRule[];
  readonly root: string;
  readonly mayIgnoreOnVersions: boolean;
}

function versioningFinding(
  answer: S3Operations["GetBucketVersioning"]["output"] | Unreadable,
  { rules, root, mayIgnoreOnVersions }: VersioningPlace,
): Finding {
  const name = "versioning";
  if (isUnreadable(answer)) return unreadable(name, answer, "s3:GetBucketVersioning");
  if (!answer.Status) return { name, status: "ok", detail: "off" };
  const status = answer.Status.toLowerCase();
  if (mayIgnoreOnVersions) {
    const detail = `${status}: this store ignores the condition of a put to such a bucket, so keywhen refuses leases and chosen delivery ids there`;
    const hint = "keep the schedule in a bucket that never had versioning";
    return { name, status: "fail", detail, hint };
  }
  if (clearsVersions(rules, root)) {
    return { name, status: "ok", detail: `${status}, and rules remove old versions and markers` };
  }
  const detail = `${status}: each delivered event leaves a version and a marker, which slow every list`;
  const hint = `add lifecycle rules for ${root}/ that expire noncurrent versions and expired delete markers`;
  return { name, status: "warn", detail, hint };
}

function lockFinding(
  answer: S3Operations["GetObjectLockConfiguration"]["output"] | Unreadable,
): Finding {
  const name = "object lock";
  if (isUnreadable(answer)) return unreadable(name, answer, "s3:GetBucketObjectLockConfiguration");
  const { ObjectLockEnabled, Rule } = answer.ObjectLockConfiguration ?? {};
  if (ObjectLockEnabled !== "Enabled") return { name, status: "ok", detail: "off" };
  if (Rule?.DefaultRetention === undefined) {
    return { name, status: "ok", detail: "on, but nothing is locked by default" };
  }
  const detail = "every object is locked by default: no delivered event is ever really removed";
  const hint = "keep the schedule in a bucket without a default retention";
  return { name, status: "warn", detail, hint };
}

function unreadable(name: string, { denied }: Unreadable, right: string): Finding {
  return { name, status: "warn", detail: denied, hint: `check it yourself, or grant ${right}` };
}

const FOLDERS = ["pending", "dead", "lease"]; // shards have a suffix

function lifecycleFindings(rules: readonly LifecycleRule[], root: string): Finding[] {
  const harmful = rules.filter((rule) => isEnabled(rule) && touches(rule, root) && takes(rule));
  if (harmful.length === 0)
    return [{ name: "lifecycle", status: "ok", detail: "no rule touches the schedule" }];
  return harmful.map((rule) => ({
    name: "lifecycle",
    status: "fail",
    detail: `rule "${rule.ID ?? "without an id"}" ${takes(rule)} what waits under "${prefixOf(rule)}"`,
    hint: `limit the rule to a prefix outside ${root}/`,
  }));
}

function clearsVersions(rules: readonly LifecycleRule[], root: string): boolean {
  const applying = rules.filter((rule) => isEnabled(rule) && coversPending(rule, root));
  const clearsOld = applying.some((rule) => rule.NoncurrentVersionExpiration !== undefined);
  const clearsMarkers = applying.some((rule) => rule.Expiration?.ExpiredObjectDeleteMarker);
  return clearsOld && clearsMarkers;
}

function isEnabled({ Status }: LifecycleRule): boolean {
  return Status === "Enabled";
}

function takes({ Expiration, Transitions = [] }: LifecycleRule): string | undefined {
  if (Expiration?.Days !== undefined) return `deletes after ${Expiration.Days} d`;
  if (Expiration?.Date !== undefined) return "deletes on a date";
  return Transitions.length > 0 ? "moves to another storage class" : undefined;
}

/** Events may have any tag, so a rule for some tags may touch them. */
function touches(rule: LifecycleRule, root: string): boolean {
  const prefix = prefixOf(rule);
  return FOLDERS.map((folder) => `${root}/${folder}`).some(
    (folder) => folder.startsWith(prefix) || prefix.startsWith(folder),
  );
}

/** A rule for some tags doesn't cover all events. */
function coversPending(rule: LifecycleRule, root: string): boolean {
  const { Filter } = rule;
  const isForTags = Filter?.Tag !== undefined || (Filter?.And?.Tags ?? []).length > 0;
  return !isForTags && `${root}/pending/`.startsWith(prefixOf(rule));
}

function prefixOf({ Prefix, Filter }: LifecycleRule): string {
  return Filter?.Prefix ?? Filter?.And?.Prefix ?? Prefix ?? "";
}
