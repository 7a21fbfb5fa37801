import type { Finding } from "@keywhen/core/store";
import type { LifecycleRule } from "./s3-operations.js";

/** Where a schedule keeps what must stay. */
const FOLDERS = ["pending", "dead", "lease"]; // shards have a suffix
const name = "lifecycle";

/** The rules that would delete or archive what a schedule keeps. */
export function lifecycleFindings(rules: readonly LifecycleRule[], root: string): Finding[] {
  const harmful = rules.filter((rule) => isEnabled(rule) && touches(rule, root) && takes(rule));
  if (harmful.length === 0) return [{ name, status: "ok", detail: "no rule touches the schedule" }];
  return harmful.map((rule) => ({
    name,
    status: "fail",
    detail: `rule "${rule.ID ?? "without an id"}" ${takes(rule)} what waits under "${prefixOf(rule)}"`,
    hint: `limit the rule to a prefix outside ${root}/`,
  }));
}

/** Whether old versions and lone delete markers of the schedule go away by themselves. */
export function clearsVersions(rules: readonly LifecycleRule[], root: string): boolean {
  const applying = rules.filter((rule) => isEnabled(rule) && coversPending(rule, root));
  const clearsOld = applying.some((rule) => rule.NoncurrentVersionExpiration !== undefined);
  const clearsMarkers = applying.some((rule) => rule.Expiration?.ExpiredObjectDeleteMarker);
  return clearsOld && clearsMarkers;
}

function isEnabled({ Status }: LifecycleRule): boolean {
  return Status === "Enabled";
}

/** What a rule does to objects that are neither old versions nor markers. */
function takes({ Expiration, Transitions = [] }: LifecycleRule): string | undefined {
  if (Expiration?.Days !== undefined) return `deletes after ${Expiration.Days} d`;
  if (Expiration?.Date !== undefined) return "deletes on a date";
  return Transitions.length > 0 ? "moves to another storage class" : undefined;
}

/** A rule for some tags touches what bears them, and events may bear any. */
function touches(rule: LifecycleRule, root: string): boolean {
  const prefix = prefixOf(rule);
  return FOLDERS.map((folder) => `${root}/${folder}`).some(
    (folder) => folder.startsWith(prefix) || prefix.startsWith(folder),
  );
}

/** A rule for some tags doesn't cover all. */
function coversPending(rule: LifecycleRule, root: string): boolean {
  const { Filter } = rule;
  const isForTags = Filter?.Tag !== undefined || (Filter?.And?.Tags ?? []).length > 0;
  return !isForTags && `${root}/pending/`.startsWith(prefixOf(rule));
}

function prefixOf({ Prefix, Filter }: LifecycleRule): string {
  return Filter?.Prefix ?? Filter?.And?.Prefix ?? Prefix ?? "";
}
