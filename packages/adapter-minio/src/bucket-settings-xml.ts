import type { LifecycleRule, S3Operations } from "@keywhen/s3-protocol";
import { elementsOf, textOf } from "./xml.js";

type ObjectLock = S3Operations["GetObjectLockConfiguration"]["output"]["ObjectLockConfiguration"];

/** The rules of a bucket's lifecycle, as far as they can hurt or help a schedule. */
export function lifecycleRulesIn(xml: string): LifecycleRule[] {
  return Array.from(elementsOf(xml, "Rule"), ruleIn);
}

function ruleIn(rule: string): LifecycleRule {
  const expiration = first(rule, "Expiration");
  const noncurrent = first(rule, "NoncurrentVersionExpiration");
  return {
    ID: textOf(rule, "ID"),
    Status: textOf(rule, "Status"),
    // Whether it stands in the rule, in its filter or in an <And> there: a rule has one.
    Prefix: textOf(rule, "Prefix"),
    Filter: filterIn(rule),
    Expiration: expiration === undefined ? undefined : expirationIn(expiration),
    Transitions: Array.from(elementsOf(rule, "Transition"), () => ({})),
    NoncurrentVersionExpiration: noncurrent === undefined ? undefined : {},
  };
}

function filterIn(rule: string): LifecycleRule["Filter"] {
  return first(rule, "Tag") === undefined ? undefined : { Tag: {} };
}

function expirationIn(expiration: string): LifecycleRule["Expiration"] {
  const days = textOf(expiration, "Days");
  const date = textOf(expiration, "Date");
  return {
    Days: days === undefined ? undefined : Number(days),
    Date: date === undefined ? undefined : new Date(date),
    ExpiredObjectDeleteMarker: textOf(expiration, "ExpiredObjectDeleteMarker") === "true",
  };
}

export function objectLockIn(xml: string): ObjectLock {
  const retention = first(xml, "DefaultRetention");
  return {
    ObjectLockEnabled: textOf(xml, "ObjectLockEnabled"),
    Rule: { DefaultRetention: retention === undefined ? undefined : {} },
  };
}

function first(xml: string, name: string): string | undefined {
  return elementsOf(xml, name).next().value ?? undefined;
}
