import type { ObjectRef, ObjectStore } from "@keywhen/core/store";
import type { SpokenAnswer } from "./answering-server.js";

const ETAG = { etag: '"e"', "last-modified": "Wed, 25 Nov 2026 08:00:00 GMT" };
const page = (body: string, status = 200): SpokenAnswer => ({
  status,
  headers: { "content-type": "text/html", ...ETAG },
  body,
});
const xml = (body: string, status = 200): SpokenAnswer => ({
  status,
  headers: { "content-type": "application/xml" },
  body: `<?xml version="1.0" encoding="UTF-8"?>\n${body}`,
});

/** Successes that confirm nothing: what proxies, login pages and servers under a wrong name answer to anything. */
export const UNCONFIRMED: Readonly<Record<string, SpokenAnswer>> = {
  "200 and nothing": { status: 200 },
  "200 and blanks": { status: 200, body: "  \n " },
  "202 and nothing": { status: 202, headers: ETAG },
  "206 and nothing": { status: 206, headers: ETAG },
  "205 and nothing": { status: 205, headers: ETAG },
  "200 and a login page": {
    ...page("<!DOCTYPE html><html><body>Sign in</body></html>"),
    headers: {},
  },
  "200 and JSON": { headers: { "content-type": "application/json" }, body: '{"ok":true}' },
  "200 and another document with an ETag": xml("<Anything><ETag>e</ETag><Key>a</Key></Anything>"),
  "200 and half a document": xml("<ListBucketResult><IsTruncated>fal"),
};

/** Of answers to requests that have a document of their own: the document, but not the status. */
export const S3_DOCUMENTS: Readonly<Record<string, string>> = {
  copy: "<CopyObjectResult><ETag>e</ETag></CopyObjectResult>",
  list: "<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>",
  "delete of several":
    "<DeleteResult><Deleted><Key>a</Key></Deleted><Deleted><Key>b</Key></Deleted></DeleteResult>",
};

const result = (root: string) => (inner: string) => xml(`<${root}>${inner}</${root}>`);
const copy = result("CopyObjectResult");
const list = result("ListBucketResult");
const deletion = result("DeleteResult");
const etagged = (etag: string): SpokenAnswer => ({ status: 200, headers: { ...ETAG, etag } });
const ERROR = "<Error><Code>SlowDown</Code><Message>m</Message></Error>";
const END = "<IsTruncated>false</IsTruncated>";
const BOTH = "<Deleted><Key>a</Key></Deleted><Deleted><Key>b</Key></Deleted>";
const entry = (size: string) =>
  `<Contents><Key>k</Key><Size>${size}</Size><LastModified>2026-11-24T08:00:00.000Z</LastModified></Contents>`;
const followed = ({ body, ...answer }: SpokenAnswer, more: string): SpokenAnswer => ({
  ...answer,
  body: `${body}${more}`,
});

/** Documents of the right name that confirm nothing: the operation, what is wrong, the answer. */
export const HOLLOW: readonly (readonly [operation: string, wrong: string, SpokenAnswer])[] = [
  ["put", "an ETag of nothing", etagged('""')],
  ["put", "an ETag of blanks", etagged('" "')],
  ["put", "a weak ETag of nothing", etagged('W/""')],
  ["put if absent", "an ETag of nothing", etagged('""')],
  ["head", "an ETag of nothing", etagged('""')],
  ["get", "an ETag of nothing", etagged('""')],
  ["copy", "an ETag of nothing", copy("<ETag>&quot;&quot;</ETag>")],
  ["copy", "an ETag of blanks", copy("<ETag> </ETag>")],
  ["copy", "an error before the ETag", copy(`${ERROR}<ETag>"a"</ETag>`)],
  ["copy", "an error after the ETag", copy(`<ETag>"a"</ETag>${ERROR}`)],
  ["copy", "an error within another element", copy(`<ETag>"a"</ETag><More>${ERROR}</More>`)],
  ["copy", "an ETag as an attribute", xml('<CopyObjectResult ETag="a"></CopyObjectResult>')],
  ["copy", "an ETag within another element", copy('<More><ETag>"a"</ETag></More>')],
  ["copy", "an ETag in a comment", copy('<!--<ETag>"a"</ETag>-->')],
  ["copy", "two documents", followed(copy('<ETag>"a"</ETag>'), ERROR)],
  ["copy", "two documents of its name", followed(copy('<ETag>"a"</ETag>'), "<CopyObjectResult/>")],
  ["copy", "text after the document", followed(copy('<ETag>"a"</ETag>'), "more")],
  ["list", "another bucket", list(`<Name>other</Name>${END}`)],
  ["list of a prefix", "another prefix", list(`<Name>here</Name><Prefix>zz</Prefix>${END}`)],
  ["list", "a prefix that nobody asked for", list(`<Prefix>p/</Prefix>${END}`)],
  ["list", "keys that are counted and not named", list(`<KeyCount>3</KeyCount>${END}`)],
  ["list", "a count that is no number", list(`<KeyCount>x</KeyCount>${END}`)],
  ["list", "an empty IsTruncated", list("<IsTruncated></IsTruncated>")],
  ["list", "an empty IsTruncated tag", list("<IsTruncated/>")],
  ["list", "an IsTruncated in capitals", list("<IsTruncated>TRUE</IsTruncated>")],
  ["list", "an error", list(`${END}${ERROR}`)],
  ["list", "an error with a declaration", list(`${END}${String(xml(ERROR).body)}`)],
  ["list", "two documents", followed(list(END), `${ERROR}</ListBucketResult>`)],
  ["list", "two lists", followed(list(END), "<ListBucketResult></ListBucketResult>")],
  ["list", "text next to its elements", list(`well done${END}`)],
  ["list", "tags that do not match", list(`<Name>here</Prefix>${END}`)],
  ["list", "a negative size", list(`${END}${entry("-5")}`)],
  ["list", "a size that is no number", list(`${END}${entry("abc")}`)],
  ["list", "half a byte", list(`${END}${entry("0.5")}`)],
  ["delete of several", "keys in a comment", deletion(`<!--${BOTH}-->`)],
  [
    "delete of several",
    "an error within a key's answer",
    deletion(`${BOTH.replace("<Key>b", `${ERROR}<Key>b`)}`),
  ],
  ["delete of several", "keys within another element", deletion(`<More>${BOTH}</More>`)],
  ["delete of several", "keys as attributes", deletion('<Deleted Key="a"/><Deleted Key="b"/>')],
  ["delete of several", "two documents", followed(deletion(BOTH), ERROR)],
  ["delete of several", "text after the document", followed(deletion(BOTH), "more")],
];

const HERE: ObjectRef = { bucket: "here", key: "k" };
const AWAY: ObjectRef = { bucket: "away", key: "k" };
const MEBIBYTE = 1_048_576;

/** The operations of a store; each must fail when its requests are answered by something unconfirmed. */
export const OPERATIONS: Readonly<Record<string, (store: ObjectStore) => Promise<unknown>>> = {
  put: (store) => store.put(HERE, new Uint8Array(1)),
  "put if absent": (store) => store.put(HERE, new Uint8Array(1), { condition: { if: "absent" } }),
  "put in parts": (store) => store.put(HERE, new Blob([new Uint8Array(9 * MEBIBYTE)]).stream()),
  head: (store) => store.head(HERE),
  get: (store) => store.get(HERE),
  list: (store) => store.list({ bucket: "here" }),
  "list of a prefix": (store) => store.list({ bucket: "here", prefix: "p/" }),
  copy: (store) => store.copy(HERE, AWAY),
  "copy with metadata": (store) => store.copy(HERE, AWAY, { metadata: { a: "1" } }),
  "copy in parts": (store) => store.copy(HERE, AWAY, { size: 1e10 }),
  "delete of several": (store) => store.delete("here", ["a", "b"]),
  "delete of one": (store) => store.delete("here", ["a"]),
};

/** What became of an operation: its error's code, or the codes of the keys that it could not delete. */
export async function outcomeOf(operation: Promise<unknown>): Promise<unknown> {
  try {
    const result = await operation;
    if (!Array.isArray(result)) return result;
    const codes = result.map((one) => one.error?.code ?? one.outcome);
    return new Set(codes).size === 1 ? codes[0] : codes;
  } catch (error) {
    return Reflect.get(Object(error), "code") ?? error;
  }
}
