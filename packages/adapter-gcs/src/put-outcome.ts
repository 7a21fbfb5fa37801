import type { PutCondition, PutResult } from "@keywhen/core/store";
import type { Query } from "./api-url.js";
import { textIn } from "./json-fields.js";
import type { GcsAnswer } from "./send-once.js";

type VersionCondition = Extract<PutCondition, { if: "version" }>;

/** Whether an object can have this version; 0 would mean "if absent". */
export function isGeneration({ version }: VersionCondition): boolean {
  return /^[1-9]\d{0,18}$/.test(version);
}

/** Generation 0 stands for "no such object". */
export function preconditionOf(condition: PutCondition | undefined): Query {
  if (condition === undefined) return {};
  return { ifGenerationMatch: condition.if === "absent" ? "0" : condition.version };
}

/** A lost race is a result. Without a generation there is no sign that anything was stored. */
export function outcomeOf(answer: GcsAnswer, condition: PutCondition | undefined): PutResult {
  const { status, json, refusal } = answer;
  if (status === 412 && condition !== undefined) {
    return { outcome: condition.if === "absent" ? "exists" : "changed" };
  }
  const version = textIn(json?.["generation"]);
  if (status === 200 && version) return { outcome: "written", version };
  throw refusal();
}
