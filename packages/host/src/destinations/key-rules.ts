import { KeywhenError } from "@keywhen/core";
import type { Destination } from "@keywhen/core/destination";
import { parseTargetPattern } from "@keywhen/core/internal";

/** Which events go to a destination: `hooks/*=…`, `hooks/orders/*=…` or `hooks/42.json=…`. */
export interface KeyRule<T> {
  /** The text of the rule before its `=`. */
  readonly pattern: string;
  readonly bucket: string;
  readonly keyPrefix: string;
  readonly isExact: boolean;
  readonly to: T;
}

/**
 * Reads a pattern and what it leads to, separated by the first `=`. Throws `invalid-option`; `setting` is the option or the
 * variable, for the message.
 */
export function readKeyRule(setting: string, text: string, example: string): KeyRule<string> {
  const at = text.indexOf("=");
  const [pattern, to] = [text.slice(0, at).trim(), text.slice(at + 1).trim()];
  if (at < 0 || to === "") {
    // What comes after the pattern may be a secret.
    const got = at < 0 ? "a text without =" : `nothing after "${pattern}="`;
    throw invalid(
      `${setting} must be a pattern and what it leads to, with = in between, for example ${example} (got ${got}).`,
    );
  }
  const { bucket, ...keys } = parseTargetPattern(pattern);
  if (bucket === undefined) {
    throw invalid(
      `${setting} must begin with the bucket whose events it takes, for example ${example} (got "${pattern}").`,
    );
  }
  return { pattern, bucket, ...keys, to };
}

/** Returns a destination for each bucket that the rules name. Of a bucket's rules, the longest that matches a key decides. */
export function destinationsOf(
  rules: readonly KeyRule<Destination>[],
): Readonly<Record<string, Destination>> {
  const byBucket = new Map<string, KeyRule<Destination>[]>();
  for (const rule of rules) {
    const others = byBucket.get(rule.bucket) ?? [];
    if (others.some(({ pattern }) => pattern === rule.pattern)) {
      throw invalid(`Two destinations are given for "${rule.pattern}". Give each pattern once.`);
    }
    byBucket.set(rule.bucket, [...others, rule]);
  }
  return Object.fromEntries([...byBucket].map(([bucket, of]) => [bucket, byKey(of)]));
}

function byKey(rules: readonly KeyRule<Destination>[]): Destination {
  const longestFirst = rules.toSorted(
    (one, other) =>
      other.keyPrefix.length - one.keyPrefix.length || Number(other.isExact) - Number(one.isExact),
  );
  const [first] = rules; // all have the same limits
  return {
    timeout: first?.to.timeout,
    concurrency: first?.to.concurrency,
    async deliver(event, open, signal) {
      const rule = longestFirst.find(({ keyPrefix, isExact }) =>
        isExact ? event.key === keyPrefix : event.key.startsWith(keyPrefix),
      );
      if (rule !== undefined) return rule.to.deliver(event, open, signal);
      const patterns = rules.map(({ pattern }) => pattern).join(", ");
      return { outcome: "rejected", message: `no pattern matches its target (${patterns})` };
    },
  };
}

export function invalid(message: string): KeywhenError {
  return new KeywhenError("invalid-option", message);
}
