import { connectionFailure } from "../../../packages/adapter-kit/src/connection-failure.js";
import { deleteKeys } from "../../../packages/adapter-kit/src/delete-keys.js";
import { checkPageStart, impossibleEntry } from "../../../packages/adapter-kit/src/list-page.js";
import { checkAddress } from "../../../packages/adapter-kit/src/names.js";
import { checkAnswer } from "../../../packages/s3-protocol/src/expected-answer.js";
import { inspectBucket } from "../../../packages/s3-protocol/src/inspect-bucket.js";
import type { LifecycleRule } from "../../../packages/s3-protocol/src/s3-operations.js";
import { answerError, toStoreError } from "../../../packages/s3-protocol/src/store-errors.js";
import { type Facts, framed, type Messages } from "./expect-messages.js";

/** What is said of an error of Node's sockets. */
const broken =
  (details: object, words = "words") =>
  () =>
    connectionFailure(Object.assign(new Error(words), details))?.message;

const CONNECTIONS: Messages = {
  "the endpoint's TLS certificate was refused (⟦words⟧): check the endpoint and the trusted certificates":
    broken({ code: "CERT_HAS_EXPIRED" }),
  "the TLS handshake failed (⟦wrong version number⟧): if the endpoint is a plain HTTP server, use http:// (or tls=false)":
    broken(
      { code: "EPROTO" },
      "write EPROTO 80:error:0A00010B:SSL routines:get_record:wrong version number:x.c:354:",
    ),
  "the endpoint answers in TLS (⟦words⟧): use https:// (or tls=true)": broken({
    code: "HPE_INVALID_CONSTANT",
    rawPacket: Buffer.from("15030300020246", "hex"),
  }),
  "the answer is not HTTP (⟦words⟧): check the endpoint, and whether it requires https://": broken({
    code: "HPE_INVALID_CONSTANT",
  }),
  "the endpoint's host name was not found (⟦words⟧): check the endpoint and DNS": broken({
    code: "ENOTFOUND",
    syscall: "getaddrinfo",
  }),
  "no connection to the endpoint (⟦words⟧): check its address and port": broken({
    code: "ECONNREFUSED",
    syscall: "connect",
  }),
  "the endpoint closed the connection before TLS was established (⟦Client network socket disconnected before secure TLS connection was established⟧): check the endpoint and its port":
    broken(
      { code: "ECONNRESET" },
      "Client network socket disconnected before secure TLS connection was established",
    ),
  "the endpoint closed the connection early (⟦words⟧): if that repeats, check whether it requires https:// (or tls=true)":
    broken({ code: "ECONNRESET" }),
};

const list = { operation: "list", bucket: "acme" } as const;
const get = { operation: "get", bucket: "acme", key: "k" } as const;

/** What is said of an answer of S3 to a list. */
const listed =
  (text: string, status = 200) =>
  () =>
    checkAnswer("ListObjectsV2", { status, text }, list);
const result = (inner: string) => listed(`<ListBucketResult>${inner}</ListBucketResult>`);

const ANSWERS: Messages = {
  ...framed(
    (problem) =>
      `list ⟦acme⟧: the answer does not confirm the request: ${problem}. Check the endpoint, and whether a proxy changes answers`,
    {
      "its status is 206, not 200": listed("<ListBucketResult/>", 206),
      "its body is an HTML page, not a ListBucketResult": listed("<html>"),
      "its body is no XML, not a ListBucketResult": listed("Hello"),
      "its body is empty, not a ListBucketResult": listed(" "),
      "its ListBucketResult is cut off": listed("<ListBucketResult><Name>"),
      "its ListBucketResult is not one whole XML document": result("<a>"),
      "it has an <Error> in its ListBucketResult": result("<Error/>"),
      'its IsTruncated is "yes", not true or false': result("<IsTruncated>yes</IsTruncated>"),
    },
  ),
  "put ⟦acme/k⟧: the answer does not confirm the request: it has a body, an HTML page. Check the endpoint, and whether a proxy changes answers":
    () => checkAnswer("PutObject", { status: 200, text: "<html>" }, { ...get, operation: "put" }),
  'list ⟦acme⟧: the page begins with "q/a", which is outside the prefix "p/": keep the schedule in another store, or correct this one':
    () => checkPageStart({ bucket: "acme", prefix: "p/" }, "q/a"),
  'list ⟦acme⟧: the page begins with "p/a", which is not after "p/m": keep the schedule in another store, or correct this one':
    () => checkPageStart({ bucket: "acme", prefix: "p/", startAfter: "p/m" }, "p/a"),
  "list acme: the answer names an object that makes no sense (⟦k of -1 bytes⟧): check the endpoint, and whether a proxy changes answers":
    () => impossibleEntry("acme", "k of -1 bytes").message,
  "get acme/k: the request would go to ⟦gateway/acme/other⟧, which is another object: choose another key":
    () => checkAddress({ hostname: "gateway", path: "/acme/other" }, get),
  "delete acme/⟦k⟧: the answer does not confirm the delete, because it does not name the key: delete it again":
    async () => {
      const rules = { batchSize: 10, nameProblem: () => undefined };
      const [answer] = await deleteKeys("acme", ["k"], rules, async () => {});
      return answer?.outcome === "failed" ? answer.error.message : answer;
    },
};

type Settings = { rules?: LifecycleRule[]; versioning?: string; lock?: object };

/** What `keywhen doctor` finds of a bucket with these settings. */
const inspected =
  (name: string, { rules, versioning, lock }: Settings, mayIgnoreOnVersions = false) =>
  async () => {
    const answers: Record<string, object> = {
      GetBucketLifecycleConfiguration: { Rules: rules },
      GetBucketVersioning: { Status: versioning },
      GetObjectLockConfiguration: { ObjectLockConfiguration: lock },
    };
    const send = async (operation: string) => Object(answers[operation]);
    const bucket = { bucket: "acme", root: "jobs", mayIgnoreOnVersions };
    const found = (await inspectBucket(send, bucket)).find((one) => one.name === name);
    return [found?.detail, found?.hint].filter(Boolean).join("; ");
  };
const rule = (details: LifecycleRule) => ({
  rules: [{ ID: "tidy", Status: "Enabled", ...details }],
});

const BUCKETS: Messages = {
  'rule ⟦"tidy"⟧ deletes after 7 d what waits under ""; limit the rule to a prefix outside jobs/':
    inspected("lifecycle", rule({ Expiration: { Days: 7 } })),
  'rule ⟦"tidy"⟧ moves to another storage class what waits under ""; limit the rule to a prefix outside jobs/':
    inspected("lifecycle", rule({ Transitions: [{}] })),
  "⟦enabled⟧: this store ignores the condition of a put to such a bucket, so keywhen refuses leases and chosen delivery ids there; keep the schedule in a bucket that never had versioning":
    inspected("versioning", { versioning: "Enabled" }, true),
  "⟦suspended⟧: each delivered event leaves a version and a marker, which slow every list; add lifecycle rules for jobs/ that expire noncurrent versions and expired delete markers":
    inspected("versioning", { versioning: "Suspended" }),
  "⟦every object⟧ is locked by default: no delivered event is ever really removed; keep the schedule in a bucket without a default retention":
    inspected("object lock", {
      lock: { ObjectLockEnabled: "Enabled", Rule: { DefaultRetention: {} } },
    }),
  "get acme: No. (⟦AccessDenied⟧); check it yourself, or grant s3:GetBucketVersioning":
    async () => {
      const [, found] = await inspectBucket(
        async (_, __, purpose) => {
          const error = answerError("AccessDenied", "No.");
          throw toStoreError({ ...purpose, sent: true, status: 403, aborted: false, error });
        },
        { bucket: "acme", root: "jobs" },
      );
      return `${found?.detail}; ${found?.hint}`;
    },
};

export const ADAPTER_ANSWERS: Messages = { ...CONNECTIONS, ...ANSWERS, ...BUCKETS };

const versionRules = [
  {
    Status: "Enabled",
    NoncurrentVersionExpiration: {},
    Expiration: { ExpiredObjectDeleteMarker: true },
  },
];

export const ADAPTER_FACTS: Facts = {
  "nothing is wrong": {
    "no rule touches the schedule": inspected("lifecycle", {}),
    "enabled, and rules remove old versions and markers": inspected("versioning", {
      versioning: "Enabled",
      rules: versionRules,
    }),
    "on, but nothing is locked by default": inspected("object lock", {
      lock: { ObjectLockEnabled: "Enabled" },
    }),
  },
};
