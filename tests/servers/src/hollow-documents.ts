import type { SpokenAnswer } from "./answering-server.js";
import { xml } from "./unconfirmed-answers.js";

const result = (root: string) => (inner: string) => xml(`<${root}>${inner}</${root}>`);
const copy = result("CopyObjectResult");
const list = result("ListBucketResult");
const deletion = result("DeleteResult");
const etagged = (etag: string): SpokenAnswer => ({
  status: 200,
  headers: { "last-modified": "Wed, 25 Nov 2026 08:00:00 GMT", etag },
});
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
  ["list", "a prefix that was not requested", list(`<Prefix>p/</Prefix>${END}`)],
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
