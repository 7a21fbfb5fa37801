import { S3Client } from "@aws-sdk/client-s3";
import { BlobServiceClient } from "@azure/storage-blob";
import { Storage } from "@google-cloud/storage";
import { azureStore } from "@keywhen/adapter-azure";
import { gcsStore } from "@keywhen/adapter-gcs";
import { s3Store } from "@keywhen/adapter-s3";
import { s3Error } from "@keywhen/test-servers";
import { describe } from "vitest";
import { ADAPTER_ANSWERS, ADAPTER_FACTS } from "./adapter-answers.js";
import { WIRE, WIRE_FACTS } from "./adapter-wire.js";
import { expectMessages, type Facts, type Messages } from "./expect-messages.js";
import { messageTextsIn } from "./message-texts.js";
import {
  azureAt,
  azureRefused,
  BYTES,
  CREDENTIALS,
  copy,
  gcsRefused,
  put,
  REF,
  s3,
  s3At,
} from "./stores-on-server.js";

const refusedByS3 = (status: number, code: string) => s3(put, s3Error(status, code, "No."));

/** Messages about rejected credentials: each code of S3, and what to do. */
function rejected(advice: object): Messages {
  const rows = Object.entries(advice).map(([code, todo]) => [
    `put out/k: the store rejected the credentials (⟦${code}⟧): ${todo}`,
    refusedByS3(400, code),
  ]);
  return Object.fromEntries(rows);
}

const S3: Messages = {
  ...rejected({
    AuthorizationHeaderMalformed: "check the access key id and the region",
    ExpiredToken: "they have expired; renew them",
    InvalidAccessKeyId: "check the access key id",
    CredentialsNotSupported: "use an access key",
    InvalidToken: "check the session token",
    MissingSecurityHeader: "the request was not signed; set an access key",
    RequestExpired: "set the clock of this machine",
    SignatureDoesNotMatch: "check the secret access key",
  }),
  "put ⟦out/k⟧: the bucket is in another region; set the client's region: No. (PermanentRedirect)":
    refusedByS3(301, "PermanentRedirect"),
  "put out/k: the store rejected the credentials (answered ⟦401⟧): check the access key": s3(put, {
    status: 401,
  }),
  "put out/k: the object is archived; restore it first: No. (⟦InvalidObjectState⟧)": refusedByS3(
    403,
    "InvalidObjectState",
  ),
  "put out/k: answered ⟦400⟧ without a reason: check the endpoint (host, port, http:// or https://) and the credentials":
    s3(put, { status: 400, body: "Bad Request" }),
  "put ⟦out/k⟧: the answer does not confirm the request: it has no ETag. Check the endpoint, and whether a proxy changes answers":
    s3(put, {}),
  'put ⟦out/k⟧: the access key or the session token contains a character that no header can carry, such as a line end; remove it: Invalid character in header content ["authorization"]':
    () =>
      put(
        s3Store({
          client: new S3Client({
            endpoint: "http://127.0.0.1:9",
            region: "eu-west-1",
            forcePathStyle: true,
            credentials: { accessKeyId: "key\n", secretAccessKey: "secret" },
          }),
          service: "aws",
        }),
      ),
  "put ⟦out/k⟧: no AWS credentials found; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a profile or a role: Could not load credentials.":
    () =>
      put(
        s3Store({
          client: new S3Client({
            region: "eu-west-1",
            credentials: () =>
              Promise.reject(
                Object.assign(new Error("Could not load credentials."), {
                  name: "CredentialsProviderError",
                }),
              ),
          }),
        }),
      ),
  "⟦No AWS region⟧ is set: set AWS_REGION, give the client a region, or add region=… to the store URL.":
    () =>
      put(
        s3Store({
          client: new S3Client({
            credentials: CREDENTIALS,
            region: () => Promise.reject<string>(new Error("Region is missing")),
          }),
        }),
      ),
  'put out/k: the store is not known to honor the condition ⟦"absent"⟧ of a put: set service, or set conditionalPut once keywhen doctor --probe has proved that it works':
    () =>
      s3At("http://127.0.0.1:9", { service: "generic" }).put(REF, BYTES, {
        condition: { if: "absent" },
      }),
  "list ⟦acme--x-s3⟧: a directory bucket (S3 Express) does not list keys in order: use a general purpose bucket for the schedule":
    () => s3At("http://127.0.0.1:9").list({ bucket: "acme--x-s3" }),
  "put out/k: the body has ⟦3 bytes⟧, but size is 4: correct size, or leave it out": () =>
    s3At("http://127.0.0.1:9").put(REF, BYTES, { size: 4 }),
  "put ⟦out/k⟧: the body's stream failed: check what it reads from": () =>
    s3At("http://127.0.0.1:9").put(
      REF,
      new ReadableStream({ pull: () => Promise.reject(new Error("reset")) }),
    ),
  "delete out: ⟦1001⟧ keys in one call; the limit is 1000: split them": () =>
    s3At("http://127.0.0.1:9").delete("out", Array.from({ length: 1_001 }, String)),
  "head ⟦-out⟧/k: the bucket's name must start with a letter or a digit and have only letters, digits, dots, hyphens and underscores":
    () => s3At("http://127.0.0.1:9").head({ bucket: "-out", key: "k" }),
  "put out/k: no connection to the endpoint (connect ECONNREFUSED ⟦127.0.0.1:9⟧): check its address and port":
    () => put(s3At("http://127.0.0.1:9")),
};

const GCS: Messages = {
  "put out/k: Google rejected the credentials; renew or correct them: No. (⟦authError⟧)":
    gcsRefused(put, 401, "authError"),
  "put out/k: the bucket's requester pays; turn that off or use another bucket: No. (⟦userProjectMissing⟧)":
    gcsRefused(put, 400, "userProjectMissing"),
  "put ⟦out/k⟧: no Google credentials found; set GOOGLE_APPLICATION_CREDENTIALS or sign in with gcloud auth application-default login: Could not load the default credentials.":
    () => put(gcsStore({ client: withoutCredentials() })),
};

function withoutCredentials(): Storage {
  const client = new Storage({ projectId: "acme" });
  client.authClient.getRequestHeaders = () =>
    Promise.reject(new Error("Could not load the default credentials."));
  return client;
}

const NO_CREDENTIAL = {
  getToken: () =>
    Promise.reject(
      Object.assign(new Error("No source has one."), { name: "CredentialUnavailableError" }),
    ),
};

const AZURE: Messages = {
  "put ⟦out/k⟧: no Azure credential found; set AZURE_STORAGE_CONNECTION_STRING, AZURE_STORAGE_KEY or AZURE_STORAGE_SAS_TOKEN: No source has one.":
    () => put(azureStore({ client: new BlobServiceClient("https://127.0.0.1:9", NO_CREDENTIAL) })),
  "put out/k: Azure rejected the credentials; check the account key or renew the token (and set this machine's clock): No. (⟦AuthenticationFailed⟧)":
    azureRefused(put, 403, "AuthenticationFailed"),
  "copy out/copy: the object is archived; rehydrate it first: No. (⟦BlobArchived⟧)": azureRefused(
    copy,
    409,
    "BlobArchived",
  ),
  "put out/k: the account has a hierarchical namespace; use an account without it: No. (⟦ResourceTypeMismatch⟧)":
    azureRefused(put, 409, "ResourceTypeMismatch"),
  "put out/k: the object has an Azure lease; break the lease or use another key: No. (⟦LeaseIdMissing⟧)":
    azureRefused(put, 412, "LeaseIdMissing"),
  "copy out/k: the copy is not permitted to read its source; allow this identity to read it: ⟦CannotVerifyCopySource⟧":
    azureRefused(copy, 403, "CannotVerifyCopySource"),
  "copy out/k: Azure can't copy this source; check its blob type and state: ⟦CannotVerifyCopySource⟧":
    azureRefused(copy, 409, "CannotVerifyCopySource"),
  "head ⟦My_Out⟧/k: the container's name must have only lowercase letters, digits and single hyphens between them":
    () => azureAt("http://127.0.0.1:9").head({ bucket: "My_Out", key: "k" }),
};

const FACTS: Facts = {
  "the store says why": {
    "put out/k: No. (⟦AccessDenied⟧)": refusedByS3(403, "AccessDenied"),
    "head ⟦out/\u0000⟧: the key has a NUL character": () =>
      s3At("http://127.0.0.1:9").head({ bucket: "out", key: "\0" }),
    'head out/a/../b: the key has a part "." or ⟦".."⟧, which MinIO refuses': () =>
      s3At("http://127.0.0.1:9", { service: "minio" }).head({ bucket: "out", key: "a/../b" }),
    "head out/a//b: the key has ⟦//⟧, which MinIO refuses": () =>
      s3At("http://127.0.0.1:9", { service: "minio" }).head({ bucket: "out", key: "a//b" }),
    "head out/⟦a./b⟧: a part of the key ends in a dot, which Azure drops": () =>
      azureAt("http://127.0.0.1:9").head({ bucket: "out", key: "a./b" }),
    "head ⟦out/\u0001⟧: the key has a control character": () =>
      azureAt("http://127.0.0.1:9").head({ bucket: "out", key: "\u0001" }),
  },
};

const CODES = [
  "TemporaryRedirect BadDigest IncompleteBody NoSuchUpload",
  "AccessDenied AllAccessDisabled AccountProblem NotSignedUp",
  "SlowDown SlowDownRead SlowDownWrite Throttling ThrottlingException",
  "KeyTooLongError InvalidBucketName InvalidObjectName InvalidURI",
  "NotImplemented EntityTooLarge MetadataTooLarge InvalidTag",
  "Md5Mismatch Crc64Mismatch RequestTimeout",
];

const FOLDERS = [
  "adapter-kit",
  "s3-protocol",
  "s3-fast-lane",
  "adapter-s3",
  "adapter-minio",
  "adapter-gcs",
  "adapter-azure",
];
/** adapter-options.test.ts has their messages. */
const OPTIONS = /(?:store-url|store-options|url|options|settings)\.ts$/;

describe("messages about what stores answer", () => {
  expectMessages({
    messages: { ...S3, ...GCS, ...AZURE, ...ADAPTER_ANSWERS, ...WIRE },
    facts: { ...FACTS, ...ADAPTER_FACTS, ...WIRE_FACTS },
    texts: messageTextsIn(
      FOLDERS.map((name) => `packages/${name}/src`),
      (file) => !OPTIONS.test(file),
    ),
    exempt: {
      "error codes of a store": CODES,
      "only if a client is broken": [
        "the client's request handler returns a body that can't be read: use one of the SDK",
        "the client's HTTP client returns a body that can't be read: use the one of the SDK",
        "the client sends without its transport",
        "azureStore: this version of @azure/storage-blob is not supported, because it has no pipeline as expected: install version 12",
      ],
      "no store writes it": ["an element has more than text"],
    },
  });
});
