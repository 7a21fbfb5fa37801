import { computed, signal } from "@preact/signals";
import { nowMs } from "../live/page-clock.js";
import { deliveries, demo, waiting } from "../live/page-state.js";
import { composeKey } from "./compose-key.js";
import { chosenMs, type WhenChoice } from "./when-choice.js";

/** The event in the form. */

export const body = signal<string | File>("hello");
export const when = signal<WhenChoice>({ kind: "in", amount: "10", unit: "s" });
/** `undefined` until the user types one. */
export const typedBucket = signal<string | undefined>(undefined);
export const bucket = computed(() => typedBucket.value ?? firstAllowedBucket());
export const key = signal("hello.txt");
export const deliveryId = signal("");

export const atMs = computed(() => chosenMs(when.value, nowMs.value));
export const composed = computed(() =>
  composeKey(
    atMs.value,
    { bucket: bucket.value, key: key.value, deliveryId: deliveryId.value },
    demo.value?.store.root ?? "keywhen",
  ),
);

/** Returns the body with its content type. */
export function payload(): Blob {
  const content = body.value;
  if (typeof content !== "string") return content;
  return new Blob([content], {
    type: isJson(content) ? "application/json" : "text/plain;charset=utf-8",
  });
}

/** Takes a dropped or picked file; its name becomes the key unless one was typed. */
export function takeFile(file: File): void {
  const wasTyped =
    key.value !== "" && key.value !== "hello.txt" && key.value !== fileName(body.value);
  body.value = file;
  if (!wasTyped) key.value = file.name;
}

function fileName(content: string | File): string {
  return typeof content === "string" ? "" : content.name;
}

function isJson(text: string): boolean {
  if (!/^\s*[[{]/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function firstAllowedBucket(): string {
  const [name] = demo.value?.allow[0]?.split("/") ?? [];
  return name === undefined || name.includes("*") ? "inbox" : name;
}

const MOST_BUCKETS = 20;

/** Suggested buckets: those of the allowed targets and of known events. */
export const knownBuckets = computed(() => {
  const allowed = (demo.value?.allow ?? []).map((pattern) => pattern.split("/")[0] ?? "");
  const names = new Set(allowed.filter((name) => name !== "" && name !== "*"));
  for (const event of waiting.value) {
    if (names.size < MOST_BUCKETS) names.add(event.bucket);
  }
  for (const { to } of deliveries.value) {
    if (names.size < MOST_BUCKETS) names.add(to.bucket);
  }
  return [...names];
});
