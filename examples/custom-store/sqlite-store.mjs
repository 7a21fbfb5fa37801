// A custom ObjectStore: objects are rows of one SQLite file (docs/custom-store.md).
import {
  checkBucketName,
  checkKey,
  nameProblem,
  ObjectStoreError,
  readBody,
} from "@keywhen/core/store";

const CAPABILITIES = {
  putIfAbsent: true,
  putIfVersion: true,
  orderedList: true,
  move: "any-bucket",
  singleCopyMaxBytes: Number.MAX_SAFE_INTEGER,
  deleteBatchSize: 1_000,
  limits: { keyBytes: 1_024, bucketCharacters: 255 },
  clock: "shared",
};
const ONE = "bucket = ? AND key = ?";
const INSERT = "INSERT OR REPLACE INTO objects VALUES (?, ?, ?, ?, ?, ?)";
const PAGE_OBJECTS = 1_000;

/** A store in an opened file; other buckets than these don't exist. */
export function sqliteStore(file, buckets) {
  const database = { ...file, buckets };
  return {
    capabilities: CAPABILITIES,
    nameProblem: (ref) => nameProblem(ref, CAPABILITIES.limits),
    put: (ref, body, options = {}) =>
      answer("put", ref, options, async () => {
        find(database, ref); // refuses a name, or a bucket, before the body is read
        const bytes = await readBody(ref, body, options);
        // No await from here on, so no other call comes in between.
        const found = find(database, ref);
        if (options.condition?.if === "absent" && found) return { outcome: "exists" };
        if (options.condition?.if === "version" && found?.version !== options.condition.version) {
          return { outcome: "changed" };
        }
        const row = { body: bytes, headers: JSON.stringify(headersOf(options)) };
        return { outcome: "written", version: insert(database, ref, row) };
      }),
    head: (ref, call) => answer("head", ref, call, () => infoOf(find(database, ref, "head"))),
    get: (ref, call) =>
      answer("get", ref, call, () => {
        const row = find(database, ref, "get");
        return row && { ...infoOf(row), body: new Blob([row.body]).stream() };
      }),
    list: (page, call) => answer("list", page, call, () => list(database, page)),
    copy: (source, target, options) =>
      answer("copy", target, options, () => copy(database, "copy", source, target, options)),
    move: (source, target, options) =>
      answer("move", target, options, () => copy(database, "move", source, target, options)),
    delete: (bucket, keys, call) =>
      answer("delete", { bucket }, call, () => {
        checkBucket(database, "delete", bucket);
        if (keys.length > CAPABILITIES.deleteBatchSize) throw notSupported(bucket, keys.length);
        const sql = `DELETE FROM objects WHERE ${ONE}`;
        database.write((run) => keys.forEach((key) => void run(sql, [bucket, utf8(key)])));
        return keys.map(() => ({ outcome: "gone" }));
      }),
  };
}

/** Makes one call: refused if it is aborted already; every other failure is an ObjectStoreError. */
async function answer(operation, { bucket, key }, call, act) {
  const about = { operation, bucket, key };
  if (call?.signal?.aborted) {
    throw new ObjectStoreError({ ...about, code: "aborted", message: "aborted", undecided: false });
  }
  try {
    return await act();
  } catch (cause) {
    if (cause instanceof ObjectStoreError) throw cause;
    throw new ObjectStoreError({ ...about, code: "unavailable", message: cause.message, cause });
  }
}

function checkBucket({ buckets }, operation, bucket, key) {
  checkBucketName(operation, bucket, CAPABILITIES.limits);
  if (buckets.includes(bucket)) return;
  const message = "there is no such bucket";
  throw new ObjectStoreError({ code: "no-such-bucket", operation, bucket, key, message });
}

function find(database, ref, operation = "put") {
  checkKey(operation, ref, CAPABILITIES.limits);
  checkBucket(database, operation, ref.bucket, ref.key);
  return database.rows(`SELECT * FROM objects WHERE ${ONE}`, [ref.bucket, utf8(ref.key)])[0];
}

function insert(database, ref, { body, headers }) {
  const version = crypto.randomUUID();
  const values = [ref.bucket, utf8(ref.key), body, headers, Date.now(), version];
  database.write((run) => run(INSERT, values));
  return version;
}

function copy(database, operation, source, target, options = {}) {
  const row = find(database, source, operation);
  find(database, target, operation); // refuses its name or bucket
  if (row === undefined) return { outcome: "source-gone" };
  const { metadata = JSON.parse(row.headers).metadata } = options;
  const headers = JSON.stringify({ ...JSON.parse(row.headers), metadata });
  const isElsewhere = source.bucket !== target.bucket || source.key !== target.key;
  database.write((run) => {
    const values = [target.bucket, utf8(target.key), row.body, headers, Date.now()];
    run(INSERT, [...values, crypto.randomUUID()]);
    if (operation === "move" && isElsewhere) {
      run(`DELETE FROM objects WHERE ${ONE}`, [source.bucket, utf8(source.key)]);
    }
  });
  return { outcome: "copied" };
}

/** Keys are UTF-8 bytes, which SQLite compares as bytes; 0xff is in none of them. */
function list(database, { bucket, prefix = "", startAfter = "", limit = PAGE_OBJECTS }) {
  checkBucket(database, "list", bucket);
  const count = Math.min(limit, PAGE_OBJECTS);
  const end = Uint8Array.of(...utf8(prefix), 0xff);
  const rows = database.rows(
    `SELECT key, length(body) AS size, modified FROM objects
     WHERE bucket = ? AND key >= ? AND key < ? AND key > ? ORDER BY key LIMIT ?`,
    [bucket, utf8(prefix), end, utf8(startAfter), count + 1],
  );
  const objects = rows.slice(0, count).map(({ key, size, modified }) => ({
    key: new TextDecoder("utf-8", { ignoreBOM: true }).decode(key),
    size,
    lastModified: new Date(modified),
  }));
  return { objects, more: rows.length > count };
}

function headersOf({ contentType, contentEncoding, cacheControl, metadata = {} }) {
  return { contentType, contentEncoding, cacheControl, metadata };
}

function infoOf(row) {
  if (row === undefined) return undefined;
  const { body, headers, modified, version } = row;
  return {
    ...headersOf(JSON.parse(headers)),
    size: body.length,
    lastModified: new Date(modified),
    version,
  };
}

function notSupported(bucket, count) {
  const message = `${count} keys in one delete; the limit is ${CAPABILITIES.deleteBatchSize}`;
  return new ObjectStoreError({ code: "not-supported", operation: "delete", bucket, message });
}

function utf8(text) {
  return new TextEncoder().encode(text);
}
