// An S3 server that only answers: `node canned-server.mjs DELAY_MS`. Its schedules are
// `COUNT-NAME/pending/`, each with so many due events that nothing ever deletes; what is put elsewhere it keeps.
import { createServer } from "node:http";

const PAGE = 1_000;
const DIGITS = 9;
const XML = { "content-type": "application/xml" };
const HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n';
const NAMESPACE = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"';
const AT = new Date(Date.now() - 60_000).toISOString();
const COPIED = `${HEAD}<CopyObjectResult ${NAMESPACE}><LastModified>${AT}</LastModified><ETag>&quot;d41d8cd98f00b204e9800998ecf8427e&quot;</ETag></CopyObjectResult>`;
const NO_SUCH_KEY = `${HEAD}<Error><Code>NoSuchKey</Code><Message>none</Message></Error>`;

const delayMs = Number(process.argv[2] ?? 0);
const kept = new Map();
let writes = 0;

const server = createServer((request, response) => {
  const chunks = [];
  request.on("data", (chunk) => chunks.push(chunk));
  request.on("end", () => {
    const { status = 200, headers = {}, body = "" } = answerTo(request, Buffer.concat(chunks));
    const bytes = Buffer.from(body);
    const answer = () => {
      response.writeHead(status, { ...headers, "content-length": bytes.length });
      response.end(bytes);
    };
    if (delayMs > 0) setTimeout(answer, delayMs);
    else answer();
  });
});
server.keepAliveTimeout = 60_000;
process.on("disconnect", () => process.exit());
// Without a delay it never sleeps: the time to wake another core must not count for the client.
const stayAwake = () => setImmediate(stayAwake);
if (delayMs === 0) stayAwake();
server.listen(0, "127.0.0.1", () => process.send(server.address().port));

function answerTo({ method, url, headers }, body) {
  if (headers["x-amz-copy-source"] !== undefined) return { headers: XML, body: COPIED };
  const { pathname, searchParams } = new URL(url, "http://localhost");
  if (searchParams.has("delete")) return { headers: XML, body: deleted(body) };
  if (searchParams.has("list-type")) return { headers: XML, body: page(searchParams) };
  if (method === "PUT") {
    writes += 1;
    kept.set(pathname, { body, etag: `"${writes}"` });
    return { headers: { etag: `"${writes}"` } };
  }
  const found = kept.get(pathname);
  if (found === undefined) return { status: 404, headers: XML, body: NO_SUCH_KEY };
  const lastModified = { "last-modified": new Date(AT).toUTCString() };
  return { headers: { etag: found.etag, ...lastModified }, body: found.body };
}

/** Names every key of the request, or none if the request asks only for failures. */
function deleted(body) {
  const text = body.toString();
  const isQuiet = text.includes("<Quiet>true</Quiet>");
  const keys = isQuiet ? [] : (text.match(/<Key>[^<]*<\/Key>/g) ?? []);
  const named = keys.map((key) => `<Deleted>${key}</Deleted>`).join("");
  return `${HEAD}<DeleteResult ${NAMESPACE}>${named}</DeleteResult>`;
}

/** The events of a schedule that lie behind `start-after`. */
function page(parameters) {
  const prefix = parameters.get("prefix") ?? "";
  const after = parameters.get("start-after") ?? "";
  const { count = "0" } = /^(?<count>\d+)-[^/]*\/pending\/$/.exec(prefix)?.groups ?? {};
  const start = `${prefix}${AT}|target|events/`;
  const from = after.startsWith(start)
    ? Number(after.slice(start.length, start.length + DIGITS)) + 1
    : 0;
  const isBehind = after > start && !after.startsWith(start);
  const until = isBehind ? from : Math.min(Number(count), from + PAGE);
  let entries = "";
  for (let index = from; index < until; index++) {
    const key = encodeURIComponent(`${start}${String(index).padStart(DIGITS, "0")}|id${index}`);
    entries += `<Contents><Key>${key.replaceAll("%2F", "/")}</Key><LastModified>${AT}</LastModified><ETag>&quot;d41d8cd98f00b204e9800998ecf8427e&quot;</ETag><Size>256</Size><StorageClass>STANDARD</StorageClass></Contents>`;
  }
  return `${HEAD}<ListBucketResult ${NAMESPACE}><Name>schedule</Name><Prefix>${encodeURIComponent(prefix)}</Prefix><KeyCount>${until - from}</KeyCount><MaxKeys>${PAGE}</MaxKeys><EncodingType>url</EncodingType><IsTruncated>${until < Number(count) && until > from}</IsTruncated>${entries}</ListBucketResult>`;
}
