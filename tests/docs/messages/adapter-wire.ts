import { S3Client } from "@aws-sdk/client-s3";
import { BlobServiceClient } from "@azure/storage-blob";
import { Storage } from "@google-cloud/storage";
import { azureStore } from "@keywhen/adapter-azure";
import { gcsStore } from "@keywhen/adapter-gcs";
import { s3Store } from "@keywhen/adapter-s3";
import type { DeleteResult, ObjectStore } from "@keywhen/core/store";
import { type Answer, DESCRIBED, s3Error, startGcsServer } from "@keywhen/test-servers";
import { versionedBuckets } from "../../../packages/s3-protocol/src/versioned-buckets.js";
import { type Facts, framed, type Messages } from "./expect-messages.js";
import {
  answered,
  azureAt,
  type Call,
  CREDENTIALS,
  copy,
  gcsAt,
  put,
  REF,
  s3,
  TARGET,
} from "./stores-on-server.js";

const xml = (body: string): Answer => ({ headers: { "content-type": "application/xml" }, body });
const json = (value: object): Answer => ({
  headers: { "content-type": "application/json" },
  body: JSON.stringify(value),
});

const list: Call = (store) => store.list({ bucket: "out", prefix: "p/" });
const remove: Call = async (store) => errorOf(await store.delete("out", ["k"]));
/** Nine megabytes of unknown length. */
const putStream: Call = (store) => store.put(REF, megabytes(9));
const putStreamIfAbsent: Call = (store) =>
  store.put(REF, megabytes(9), { condition: { if: "absent" } });

function errorOf([answer]: readonly DeleteResult[]): unknown {
  return answer?.outcome === "failed" ? answer.error.message : answer;
}

function megabytes(count: number): ReadableStream<Uint8Array> {
  return new Blob([new Uint8Array(count * 1_000_000)]).stream();
}

const listed = (inner: string) => s3(list, xml(`<ListBucketResult>${inner}</ListBucketResult>`));
const deleted = (inner: string) => s3(remove, xml(`<DeleteResult>${inner}</DeleteResult>`));
const END = "<IsTruncated>false</IsTruncated>";
const STARTED = xml(
  "<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>",
);

/** Copies in parts on a store that finds the source, but not for a part. */
const copyInParts = s3(
  copyLarge,
  ({ method, url }) => {
    if (method === "HEAD") return { headers: { ...DESCRIBED, "content-length": "6000000" } };
    if (method === "GET") return xml("<Tagging><TagSet></TagSet></Tagging>");
    if (method === "DELETE") return { status: 204 };
    return url.includes("uploads") ? STARTED : s3Error(404, "NoSuchKey");
  },
  { singleCopyMaxBytes: 5_242_880 },
);
function copyLarge(store: ObjectStore): Promise<unknown> {
  return store.copy(REF, TARGET, { size: 6_000_000 });
}

/** A client whose requests go to another endpoint than AWS's. */
function putElsewhere(): Promise<unknown> {
  const client = new S3Client({ region: "eu-west-1", credentials: CREDENTIALS });
  client.middlewareStack.add(
    (next) => (args) => next({ ...args, request: Object.assign(Object(args.request), ELSEWHERE) }),
    { step: "build", priority: "high" },
  );
  return s3Store({ client }).put(REF, new Uint8Array(3), { condition: { if: "absent" } });
}
const ELSEWHERE = { hostname: "127.0.0.1" };

const S3: Messages = {
  ...framed((problem) => `${problem}. Check the endpoint, and whether a proxy changes answers`, {
    "delete ⟦out⟧: the answer does not confirm the request: it names no key": deleted(""),
    "delete out: the answer does not confirm the request: it names a key that was not to be deleted, ⟦x⟧":
      deleted("<Deleted><Key>x</Key></Deleted>"),
    "list ⟦out⟧: the answer does not confirm the request: it does not say whether the list continues (IsTruncated)":
      listed(""),
    "list ⟦out⟧: the answer does not confirm the request: its list continues, but it has neither an object nor a token to continue from":
      listed("<IsTruncated>true</IsTruncated>"),
    'list out: the answer does not confirm the request: its list is of the bucket ⟦"other"⟧':
      listed(`${END}<Name>other</Name>`),
    'list out: the answer does not confirm the request: its list is of the prefix ⟦"q/"⟧': listed(
      `${END}<Prefix>q/</Prefix>`,
    ),
    "list out: the answer does not confirm the request: its list counts ⟦2⟧ keys and names 0":
      listed(`${END}<KeyCount>2</KeyCount>`),
    "put ⟦out/k⟧: the answer does not confirm the request: it has no upload id": s3(
      putStream,
      xml("<InitiateMultipartUploadResult></InitiateMultipartUploadResult>"),
    ),
    "put out/k: the answer does not confirm the request: it has no ETag of part ⟦1⟧": s3(
      putStream,
      ({ method, url }) => {
        if (method === "POST") return STARTED;
        return { headers: url.includes("partNumber=2") ? { etag: '"e"' } : {} };
      },
    ),
    "put ⟦out/k⟧: the answer does not confirm the request: it has neither ETag nor key": s3(
      putStream,
      ({ method, url }) => {
        if (method !== "POST") return { headers: { etag: '"e"' } };
        return url.includes("uploads")
          ? STARTED
          : xml("<CompleteMultipartUploadResult></CompleteMultipartUploadResult>");
      },
    ),
  }),
  "delete out/⟦k⟧: it met another write of the same key: delete it again": deleted(
    "<Error><Key>k</Key></Error>",
  ),
  "put out/k: a put with a condition must be one request, and a stream of ⟦unknown length⟧ can't be sent in one: give bytes, or the size of a shorter stream":
    s3(putStreamIfAbsent, {}),
  'copy out/copy: the metadata ⟦"a"⟧ has characters outside ASCII, which no request can carry: copy the object with unchanged metadata':
    s3((store) => store.copy(REF, TARGET, { metadata: { a: "é" } }), { headers: DESCRIBED }),
  "copy out/copy: the store can't copy in parts from ⟦out/k⟧, though it is there: use a source whose key has no %":
    copyInParts,
  "put out/k: bucket ⟦out⟧ keeps versions, and this store ignores the condition of a put there, so leases and chosen delivery ids don't work: use a bucket that never had versioning, or set conditionalPut (conditional-put=true) once keywhen doctor --probe has proved that it works":
    () =>
      versionedBuckets(
        async () => ({ Status: "Enabled" }) as never,
        () => 0,
      ).check(REF, {}),
  'The AWS region can\'t be used (Region not accepted: region=⟦"eu west"⟧ is not a valid hostname component.): set AWS_REGION, or give the client another region.':
    () => put(s3Store({ client: new S3Client({ region: "eu west", credentials: CREDENTIALS }) })),
  "put ⟦out/k⟧: the AWS configuration names another endpoint: set `service` to its store, because keywhen does not know whether it honors the condition of a put":
    putElsewhere,
};

const gcs = (call: Call, answer: Parameters<typeof answered>[2]) => answered(gcsAt, call, answer);
const unsent = gcsStore({
  client: new Storage({ apiEndpoint: "http://127.0.0.1:9", projectId: "a" }),
});
const RESOURCE = {
  kind: "storage#object",
  name: "k",
  bucket: "out",
  generation: "1",
  metageneration: "1",
  size: "3",
  updated: "2026-11-25T08:00:00.000Z",
  timeCreated: "2026-11-25T08:00:00.000Z",
};

/** Copies to a bucket that is missing. */
async function copyToNowhere(): Promise<unknown> {
  const server = await startGcsServer();
  try {
    server.createBucket("out");
    const store = gcsAt(server.endpoint);
    await store.put(REF, new Uint8Array(3));
    return await store.copy(REF, { bucket: "nowhere", key: "k" });
  } finally {
    await server.stop();
  }
}

/** Uploads in chunks to a server that answers a chunk as given. */
const upload = (chunk: Answer) =>
  answered(
    gcsAt,
    (store) => store.put(REF, megabytes(20)),
    ({ method, headers }) =>
      method === "POST" ? { headers: { location: `http://${headers["host"]}/session` } } : chunk,
  );

const GCS: Messages = {
  "copy ⟦nowhere/k⟧: there is no such bucket: create it": copyToNowhere,
  "get ⟦out/k⟧: the object was replaced 3 times between two requests: try again": gcs(
    (store) => store.get(REF),
    ({ url }) => (url.includes("alt=media") ? { status: 404 } : json(RESOURCE)),
  ),
  "move other/k: Cloud Storage moves inside one bucket only, not from ⟦out⟧: copy it instead": () =>
    unsent.move?.(REF, { bucket: "other", key: "k" }),
  "head ⟦A_B⟧/k: the bucket's name must have parts of 1 to 63 characters of a-z, 0-9, - and _, with a dot between two parts":
    () => unsent.head({ bucket: "A_B", key: "k" }),
  "put out/k: a put with a condition must be one request, and a stream of ⟦unknown length⟧ can't be sent in one: give its size, or bytes":
    () => unsent.put(REF, megabytes(20), { condition: { if: "absent" } }),
  "put ⟦out/k⟧: the store has ended the upload session: store the object again": upload({
    status: 410,
  }),
  "put out/k: the store took ⟦nothing⟧ of the first 8388608 bytes: store the object again": upload({
    status: 308,
  }),
};

const azure = (call: Call, answer: Parameters<typeof answered>[2]) =>
  answered(azureAt, call, answer);
const noToken = azureStore({
  client: new BlobServiceClient("https://127.0.0.1:9", { getToken: async () => null }),
});
const ID = { "x-ms-request-id": "1" };
const BLOBS = ["b", "a"]
  .map(
    (name) =>
      `<Blob><Name>${name}</Name><Properties><Last-Modified>Wed, 25 Nov 2026 08:00:00 GMT</Last-Modified><Content-Length>1</Content-Length></Properties></Blob>`,
  )
  .join("");
let etag = 0;

const AZURE: Messages = {
  "put ⟦out/k⟧: the answer does not confirm the request: it has no x-ms-request-id. Check the endpoint, and whether a proxy changes answers":
    azure(put, { status: 201, headers: { etag: '"e"' } }),
  "delete out: the answer does not confirm the request: it has the results of ⟦1⟧ keys. Check the endpoint, and whether a proxy changes answers":
    azure((store) => store.delete("out", ["k", "l"]), {
      status: 202,
      headers: { ...ID, "content-type": "multipart/mixed; boundary=b" },
      body: "--b\r\nContent-Type: application/http\r\nContent-ID: 0\r\n\r\nHTTP/1.1 400 Bad Request\r\n\r\n--b--\r\n",
    }),
  "copy out/copy: the answer does not confirm the copy: its copy status is ⟦failed⟧. Copy it again":
    azure(copy, { status: 202, headers: { ...ID, "x-ms-copy-status": "failed" } }),
  "copy out/copy: the source ⟦out/k⟧ changed while it was copied: copy it again": azure(
    (store) => store.copy(REF, TARGET, { size: 300_000_000 }),
    ({ method }) =>
      method === "HEAD"
        ? { headers: { ...ID, ...DESCRIBED, etag: `"${etag++}"`, "content-length": "300000000" } }
        : { status: 201, headers: { ...ID, etag: '"e"' } },
  ),
  "copy out/copy: the credential returns ⟦no token⟧: sign in again": () => copy(noToken),
  "list ⟦out⟧: the list is not in byte order, as in an account with a hierarchical namespace: keep the schedule in another account":
    azure(list, {
      headers: { ...ID, "content-type": "application/xml" },
      body: `<?xml version="1.0"?><EnumerationResults><Blobs>${BLOBS}</Blobs><NextMarker/></EnumerationResults>`,
    }),
};

export const WIRE: Messages = { ...S3, ...GCS, ...AZURE };

export const WIRE_FACTS: Facts = {
  "the caller has the key": {
    "head out/\ud800: the key contains a lone surrogate (half of a character)": () =>
      unsent.head({ bucket: "out", key: "\ud800" }),
    "head out/a\rb: the key has a line break": () => unsent.head({ bucket: "out", key: "a\rb" }),
    "head out/.well-known/acme-challenge/x: the key begins with .well-known/acme-challenge/": () =>
      unsent.head({ bucket: "out", key: ".well-known/acme-challenge/x" }),
    [`head out/${"a/".repeat(254)}a: the key has 255 parts between /; the limit is 254`]: () =>
      noToken.head({ bucket: "out", key: `${"a/".repeat(254)}a` }),
  },
};
