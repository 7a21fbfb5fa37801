import { describe, expect, it } from "vitest";
import { checkAnswer } from "./expected-answer.js";

const purpose = { operation: "list", bucket: "here" } as const;

function check(text: string): void {
  checkAnswer("ListObjectsV2", { status: 200, text }, purpose);
}

const REPEATED: Readonly<Record<string, readonly [start: string, unit: string, end: string]>> = {
  blanks: ["", " ", ""],
  "line breaks": ["", "\r\n", ""],
  "blanks after the declaration": ['<?xml version="1.0"?>', " \n", ""],
  "blanks before a root that has no end": ["", "\t", "<ListBucketResult"],
  "blanks in the tag of the root": ["<ListBucketResult", " ", ""],
  "a long name": ["<", "a", ""],
  "opening brackets": ["", "<", ""],
  "closing brackets": ["<ListBucketResult", ">", ""],
  "declarations without an end": ["", "<?xml ", ""],
  "question marks": ["<?xml ", "?", ""],
  quotes: ['<ListBucketResult xmlns="', '"', ""],
  "entities without an end": ["<ListBucketResult><Name>", "&#x", ""],
  "elements in elements": ["<ListBucketResult>", "<a>", ""],
  "elements of one name that end": ["<ListBucketResult>", "<a></a>", ""],
  "blanks in a document": ["<ListBucketResult>", " ", "<b></ListBucketResult>"],
  "blanks in a tag": ["<ListBucketResult><a", " ", "x></a></ListBucketResult>"],
  "namespaces in a tag": ["<ListBucketResult><a", ' x:y=""', "!></a></ListBucketResult>"],
  "quotes in a tag": ["<ListBucketResult><a b=", '"', "></a></ListBucketResult>"],
  "brackets in a document": ["<ListBucketResult>", "<", "</ListBucketResult>"],
  "elements in elements of a document": ["<ListBucketResult>", "<a>", "</ListBucketResult>"],
  "elements next to text": ["<ListBucketResult>", "<a></a>", "x</ListBucketResult>"],
  "comments without an end": ["<ListBucketResult>", "<!--", "</ListBucketResult>"],
  "texts without an end": ["<ListBucketResult>", "<![CDATA[", "</ListBucketResult>"],
  "ends of elements": ["<ListBucketResult>", "</a>", "</ListBucketResult>"],
};

const MEGABYTE = 1_000_000;

function answerOf(title: string, length: number): string {
  const [start = "", unit = "", end = ""] = REPEATED[title] ?? [];
  return start + unit.repeat(length / unit.length) + end;
}

/** The least CPU time of several looks. */
function costMs(text: string): number {
  const costs: number[] = [];
  for (let run = 0; run < 3; run++) {
    const before = process.cpuUsage();
    expect(() => check(text)).toThrow();
    const { user, system } = process.cpuUsage(before);
    costs.push((user + system) / 1_000);
  }
  return Math.min(...costs);
}

describe("an answer that a server makes as long as it likes", () => {
  it.each(Object.keys(REPEATED))("is refused at 1 MB: %s", (title) => {
    const text = answerOf(title, MEGABYTE);
    expect(() => check(text)).toThrow(expect.objectContaining({ code: "unexpected" }));
  });

  it.each(Object.keys(REPEATED))("costs no more than its length: %s", (title) => {
    const half = costMs(answerOf(title, 50_000));
    // Work that grows with the square of the length takes seconds here, and four times as long.
    expect(costMs(answerOf(title, 100_000))).toBeLessThan(3 * half + 20);
  });
});
