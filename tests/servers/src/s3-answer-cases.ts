import type { ObjectStoreError } from "@keywhen/core/store";
import { HOLLOW } from "./hollow-documents.js";
import { storeErrorOf } from "./store-operations.js";
import {
  type AnswerCase,
  failingCase,
  outcomeOf,
  UNCONFIRMED_CASES,
  xml,
} from "./unconfirmed-answers.js";

/** The document of each answer that has one, without its status. */
const S3_DOCUMENTS: Readonly<Record<string, string>> = {
  copy: "<CopyObjectResult><ETag>e</ETag></CopyObjectResult>",
  list: "<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>",
  "delete of several":
    "<DeleteResult><Deleted><Key>a</Key></Deleted><Deleted><Key>b</Key></Deleted></DeleteResult>",
};

const END = "<IsTruncated>false</IsTruncated>";

const NAMED_PREFIXES = {
  unchanged: "<Name>here</Name><Prefix>a b/+</Prefix>",
  encoded: "<Name>here</Name><Prefix>a+b/%2B</Prefix><EncodingType>url</EncodingType>",
  "not encoded, next to keys that are": "<Prefix>a b/+</Prefix><EncodingType>url</EncodingType>",
  not: "<Name/><Prefix/>",
} as const;

const PREFIX_CASES = Object.entries(NAMED_PREFIXES).map(
  ([how, names]): AnswerCase => ({
    title: `believes a list that names its prefix: ${how}`,
    operation: "list of a prefix",
    answer: xml(`<ListBucketResult>${names}<KeyCount>0</KeyCount>${END}</ListBucketResult>`),
    observe: (store) => store.list({ bucket: "here", prefix: "a b/+" }),
    expected: { objects: [], more: false },
  }),
);

/** Lists that do not begin where they were asked to. */
const ELSEWHERE = [
  { where: "not after the key", page: { startAfter: "p/b" }, key: "p/b" },
  { where: "from the start again", page: { startAfter: "p/b" }, key: "p/a" },
  { where: "outside the prefix", page: { prefix: "p/" }, key: "o/x" },
] as const;

const ELSEWHERE_CASES = ELSEWHERE.map(({ where, page, key }): AnswerCase => {
  const entry = `<Contents><Key>${key}</Key><Size>1</Size><LastModified>2026-11-24T08:00:00.000Z</LastModified></Contents>`;
  return {
    title: `fails a list that begins ${where} that was asked for`,
    operation: "list",
    answer: xml(`<ListBucketResult>${END}${entry}</ListBucketResult>`),
    observe: (store) => outcomeOf(store.list({ bucket: "here", ...page })),
    expected: "unexpected",
  };
});

const ENDLESS_CASES = [
  failingCase("list", "no word on its end", xml("<ListBucketResult></ListBucketResult>")),
  failingCase(
    "list",
    "more to come and no way to it",
    xml("<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>"),
  ),
];

const UNNAMEABLE_CASES = [200, 202, 206].map(
  (status): AnswerCase => ({
    title: `fails a delete of a key that no XML can carry: ${status}`,
    operation: "delete of one",
    answer: { status },
    observe: (store) => outcomeOf(store.delete("here", ["a\n"])),
    expected: "unexpected",
  }),
);

const NAMED_KEYS = "<Deleted><Key>a</Key></Deleted><Deleted><Key>c&amp;</Key></Deleted>";

const DELETE_CASES: readonly AnswerCase[] = [
  {
    title: "believes a delete only of the keys that the answer names",
    operation: "delete of several",
    answer: xml(`<DeleteResult>${NAMED_KEYS}</DeleteResult>`),
    observe: async (store) =>
      (await store.delete("here", ["a", "b", "c&"])).map((result) =>
        result.outcome === "failed" ? essenceOf(result.error) : result.outcome,
      ),
    expected: ["gone", { code: "unexpected", key: "b", undecided: true }, "gone"],
  },
  ...["<DeleteResult/>", "<DeleteResult></DeleteResult>"].map(
    (document): AnswerCase => ({
      title: `throws for a delete whose answer names no key: ${document}`,
      operation: "delete of several",
      answer: xml(document),
      observe: async (store) => essenceOf(await storeErrorOf(store.delete("here", ["a", "b"]))),
      expected: { code: "unexpected", key: undefined, undecided: true },
    }),
  ),
];

function essenceOf({ code, key, undecided }: ObjectStoreError) {
  return { code, key, undecided };
}

/** What every client of S3 must make of answers. */
export const S3_ANSWER_CASES: readonly AnswerCase[] = [
  ...UNCONFIRMED_CASES,
  ...Object.entries(S3_DOCUMENTS).map(([operation, document]) =>
    failingCase(operation, `206 and ${document}`, xml(document, 206)),
  ),
  ...HOLLOW.map(([operation, wrong, answer]) =>
    failingCase(operation, `a document with ${wrong}`, answer),
  ),
  ...PREFIX_CASES,
  ...UNNAMEABLE_CASES,
  ...DELETE_CASES,
  ...ELSEWHERE_CASES,
  ...ENDLESS_CASES,
];
