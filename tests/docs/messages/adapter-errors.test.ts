import { S3Client } from "@aws-sdk/client-s3";
import { BlobServiceClient, StorageSharedKeyCredential } from "@azure/storage-blob";
import { Storage } from "@google-cloud/storage";
import { azureStore } from "@keywhen/adapter-azure";
import { gcsStore } from "@keywhen/adapter-gcs";
import { type S3StoreOptions, s3Store } from "@keywhen/adapter-s3";
import type { ObjectStore } from "@keywhen/core/store";
import { type Answer, s3Error, startAnsweringServer } from "@keywhen/test-servers";
import { describe } from "vitest";
import { expectComplete, expectMessages, type MessageRow } from "./expect-messages.js";
import { messageTextsIn } from "./message-texts.js";

const REF = { bucket: "out", key: "k" };
const TARGET = { bucket: "out", key: "copy" };
const BYTES = new Uint8Array(3);
const CREDENTIALS = { accessKeyId: "key", secretAccessKey: "secret" };

type Call = (store: ObjectStore) => Promise<unknown>;

const put: Call = (store) => store.put(REF, BYTES);
const copy: Call = (store) => store.copy(REF, TARGET);

function s3At(endpoint: string, options: Partial<S3StoreOptions> = {}): ObjectStore {
  const client = new S3Client({
    endpoint,
    region: "eu-west-1",
    credentials: CREDENTIALS,
    forcePathStyle: true,
  });
  return s3Store({ client, service: "aws", fastLane: false, ...options });
}

/** What a call of a store says about a server's answer. */
function answered(storeAt: (endpoint: string) => ObjectStore, call: Call, answer: Answer) {
  return async () => {
    const server = await startAnsweringServer(() => answer);
    try {
      return await call(storeAt(server.endpoint));
    } finally {
      await server.stop();
    }
  };
}

const s3 = (call: Call, answer: Answer, options?: Partial<S3StoreOptions>) =>
  answered((endpoint) => s3At(endpoint, options), call, answer);
const refusedByS3 = (status: number, code: string) => s3(put, s3Error(status, code, "No."));

const KNOWN = "the store says why";

const S3: readonly MessageRow[] = [
  {
    what: "S3: a wrong region",
    cause: refusedByS3(301, "PermanentRedirect"),
    received: "out/k",
    message:
      "put out/k: the bucket is in another region; set the client's region: No. (PermanentRedirect)",
  },
  {
    what: "S3: a signature for another region",
    cause: refusedByS3(400, "AuthorizationHeaderMalformed"),
    received: "AuthorizationHeaderMalformed",
    message:
      "put out/k: the store rejected the credentials (AuthorizationHeaderMalformed): check the access key id and the region",
  },
  {
    what: "S3: credentials that have expired",
    cause: refusedByS3(400, "ExpiredToken"),
    received: "ExpiredToken",
    message:
      "put out/k: the store rejected the credentials (ExpiredToken): they have expired; renew them",
  },
  {
    what: "S3: an unknown access key",
    cause: refusedByS3(403, "InvalidAccessKeyId"),
    received: "InvalidAccessKeyId",
    message:
      "put out/k: the store rejected the credentials (InvalidAccessKeyId): check the access key id",
  },
  {
    what: "S3: credentials of another kind",
    cause: refusedByS3(400, "CredentialsNotSupported"),
    received: "CredentialsNotSupported",
    message:
      "put out/k: the store rejected the credentials (CredentialsNotSupported): use an access key",
  },
  {
    what: "S3: a wrong session token",
    cause: refusedByS3(400, "InvalidToken"),
    received: "InvalidToken",
    message:
      "put out/k: the store rejected the credentials (InvalidToken): check the session token",
  },
  {
    what: "S3: a request that is not signed",
    cause: refusedByS3(400, "MissingSecurityHeader"),
    received: "MissingSecurityHeader",
    message:
      "put out/k: the store rejected the credentials (MissingSecurityHeader): the request was not signed; set an access key",
  },
  {
    what: "S3: a wrong clock",
    cause: refusedByS3(400, "RequestExpired"),
    received: "RequestExpired",
    message:
      "put out/k: the store rejected the credentials (RequestExpired): set the clock of this machine",
  },
  {
    what: "S3: a wrong secret key",
    cause: refusedByS3(403, "SignatureDoesNotMatch"),
    received: "SignatureDoesNotMatch",
    message:
      "put out/k: the store rejected the credentials (SignatureDoesNotMatch): check the secret access key",
  },
  {
    what: "S3: a refusal without a reason",
    cause: s3(put, { status: 401 }),
    received: "401",
    message: "put out/k: the store rejected the credentials (answered 401): check the access key",
  },
  {
    what: "S3: an archived object",
    cause: refusedByS3(403, "InvalidObjectState"),
    received: "InvalidObjectState",
    message: "put out/k: the object is archived; restore it first: No. (InvalidObjectState)",
  },
  {
    what: "S3: a missing permission",
    cause: refusedByS3(403, "AccessDenied"),
    received: "AccessDenied",
    message: "put out/k: No. (AccessDenied)",
    noAction: KNOWN,
  },
  {
    what: "S3: a server that is not S3",
    cause: s3(put, { status: 400, body: "Bad Request" }),
    received: "400",
    message:
      "put out/k: answered 400 without a reason: check the endpoint (host, port, http:// or https://) and the credentials",
  },
  {
    what: "S3: a put without an ETag",
    cause: s3(put, {}),
    received: "out/k",
    message:
      "put out/k: the answer does not confirm the request: it has no ETag. Check the endpoint, and whether a proxy changes answers",
  },
  {
    what: "S3: credentials with a line end",
    cause: () =>
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
    message:
      'put out/k: the access key or the session token contains a character that no header can carry, such as a line end; remove it: Invalid character in header content ["authorization"]',
  },
  {
    what: "S3: no credentials",
    cause: () =>
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
    message:
      "put out/k: no AWS credentials found; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a profile or a role: Could not load credentials.",
  },
  {
    what: "S3: no region",
    cause: () =>
      put(
        s3Store({
          client: new S3Client({
            credentials: CREDENTIALS,
            region: () => Promise.reject<string>(new Error("Region is missing")),
          }),
        }),
      ),
    message:
      "No AWS region is set: set AWS_REGION, give the client a region, or add region=… to the store URL.",
  },
  {
    what: "S3: a condition on an unknown store",
    cause: () =>
      s3At("http://127.0.0.1:9", { service: "generic" }).put(REF, BYTES, {
        condition: { if: "absent" },
      }),
    received: '"absent"',
    message:
      'put out/k: the store is not known to honor the condition "absent" of a put: set service, or set conditionalPut once keywhen doctor --probe has proved that it works',
  },
  {
    what: "S3: a directory bucket",
    cause: () => s3At("http://127.0.0.1:9").list({ bucket: "acme--x-s3" }),
    received: "acme--x-s3",
    message:
      "list acme--x-s3: a directory bucket (S3 Express) does not list keys in order: use a general purpose bucket for the schedule",
  },
  {
    what: "S3: a body of another size",
    cause: () => s3At("http://127.0.0.1:9").put(REF, BYTES, { size: 4 }),
    received: "3 bytes",
    message: "put out/k: the body has 3 bytes, but size is 4: correct size, or leave it out",
  },
  {
    what: "S3: a stream that fails",
    cause: () =>
      s3At("http://127.0.0.1:9").put(
        REF,
        new ReadableStream({ pull: () => Promise.reject(new Error("reset")) }),
      ),
    message: "put out/k: the body's stream failed: check what it reads from",
  },
  {
    what: "S3: a delete of too many keys",
    cause: () => s3At("http://127.0.0.1:9").delete("out", Array.from({ length: 1_001 }, String)),
    received: "1001",
    message: "delete out: 1001 keys in one call; the limit is 1000: split them",
  },
  {
    what: "S3: a bucket that can't be",
    cause: () => s3At("http://127.0.0.1:9").head({ bucket: "-out", key: "k" }),
    received: "-out",
    message:
      "head -out/k: the bucket's name must start with a letter or a digit and have only letters, digits, dots, hyphens and underscores",
  },
  {
    what: "S3: a key with a NUL character",
    cause: () => s3At("http://127.0.0.1:9").head({ bucket: "out", key: "\0" }),
    message: "head out/\u0000: the key has a NUL character",
    noAction: KNOWN,
  },
  {
    what: "MinIO: a key with the part ..",
    cause: () =>
      s3At("http://127.0.0.1:9", { service: "minio" }).head({ bucket: "out", key: "a/../b" }),
    received: '".."',
    message: 'head out/a/../b: the key has a part "." or "..", which MinIO refuses',
    noAction: KNOWN,
  },
  {
    what: "MinIO: a key with an empty part",
    cause: () =>
      s3At("http://127.0.0.1:9", { service: "minio" }).head({ bucket: "out", key: "a//b" }),
    received: "//",
    message: "head out/a//b: the key has //, which MinIO refuses",
    noAction: KNOWN,
  },
  {
    what: "S3: no connection",
    cause: () => put(s3At("http://127.0.0.1:9")),
    received: "127.0.0.1:9",
    message:
      "put out/k: no connection to the endpoint (connect ECONNREFUSED 127.0.0.1:9): check its address and port",
  },
];

function gcsAt(apiEndpoint: string): ObjectStore {
  return gcsStore({ client: new Storage({ apiEndpoint, projectId: "acme" }) });
}

const gcs = (call: Call, status: number, reason: string) =>
  answered(gcsAt, call, {
    status,
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ error: { code: status, message: "No.", errors: [{ reason }] } }),
  });

const GCS: readonly MessageRow[] = [
  {
    what: "Cloud Storage: rejected credentials",
    cause: gcs(put, 401, "authError"),
    received: "authError",
    message: "put out/k: Google rejected the credentials; renew or correct them: No. (authError)",
  },
  {
    what: "Cloud Storage: a bucket whose requester pays",
    cause: gcs(put, 400, "userProjectMissing"),
    received: "userProjectMissing",
    message:
      "put out/k: the bucket's requester pays; turn that off or use another bucket: No. (userProjectMissing)",
  },
  {
    what: "Cloud Storage: no credentials",
    cause: () => put(gcsStore({ client: withoutCredentials() })),
    message:
      "put out/k: no Google credentials found; set GOOGLE_APPLICATION_CREDENTIALS or sign in with gcloud auth application-default login: Could not load the default credentials.",
  },
];

function withoutCredentials(): Storage {
  const client = new Storage({ projectId: "acme" });
  client.authClient.getRequestHeaders = () =>
    Promise.reject(new Error("Could not load the default credentials."));
  return client;
}

function azureAt(endpoint: string): ObjectStore {
  const credential = new StorageSharedKeyCredential("acme", "a2V5");
  return azureStore({ client: new BlobServiceClient(`${endpoint}/acme`, credential) });
}

const azure = (call: Call, status: number, code: string, source?: string) =>
  answered(azureAt, call, {
    status,
    headers: {
      "x-ms-error-code": code,
      "x-ms-request-id": "1",
      "content-type": "application/xml",
      ...(source === undefined ? {} : { "x-ms-copy-source-error-code": source }),
    },
    body: `<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code><Message>No.</Message></Error>`,
  });

const NO_CREDENTIAL = {
  getToken: () =>
    Promise.reject(
      Object.assign(new Error("No source has one."), { name: "CredentialUnavailableError" }),
    ),
};

const AZURE: readonly MessageRow[] = [
  {
    what: "Azure: no credential",
    cause: () =>
      put(azureStore({ client: new BlobServiceClient("https://127.0.0.1:9", NO_CREDENTIAL) })),
    message:
      "put out/k: no Azure credential found; set AZURE_STORAGE_CONNECTION_STRING, AZURE_STORAGE_KEY or AZURE_STORAGE_SAS_TOKEN: No source has one.",
  },
  {
    what: "Azure: rejected credentials",
    cause: azure(put, 403, "AuthenticationFailed"),
    received: "AuthenticationFailed",
    message:
      "put out/k: Azure rejected the credentials; check the account key or renew the token (and set this machine's clock): No. (AuthenticationFailed)",
  },
  {
    what: "Azure: an archived object",
    cause: azure(copy, 409, "BlobArchived"),
    received: "BlobArchived",
    message: "copy out/copy: the object is archived; rehydrate it first: No. (BlobArchived)",
  },
  {
    what: "Azure: a hierarchical namespace",
    cause: azure(put, 409, "ResourceTypeMismatch"),
    received: "ResourceTypeMismatch",
    message:
      "put out/k: the account has a hierarchical namespace; use an account without it: No. (ResourceTypeMismatch)",
  },
  {
    what: "Azure: an object with an Azure lease",
    cause: azure(put, 412, "LeaseIdMissing"),
    received: "LeaseIdMissing",
    message:
      "put out/k: the object has an Azure lease; break the lease or use another key: No. (LeaseIdMissing)",
  },
  {
    what: "Azure: a source that may not be read",
    cause: azure(copy, 403, "CannotVerifyCopySource"),
    received: "CannotVerifyCopySource",
    message:
      "copy out/k: the copy is not permitted to read its source; allow this identity to read it: CannotVerifyCopySource",
  },
  {
    what: "Azure: a source that can't be copied",
    cause: azure(copy, 409, "CannotVerifyCopySource"),
    received: "CannotVerifyCopySource",
    message:
      "copy out/k: Azure can't copy this source; check its blob type and state: CannotVerifyCopySource",
  },
  {
    what: "Azure: a bucket that can't be",
    cause: () => azureAt("http://127.0.0.1:9").head({ bucket: "My_Out", key: "k" }),
    received: "My_Out",
    message:
      "head My_Out/k: the container's name must have only lowercase letters, digits and single hyphens between them",
  },
  {
    what: "Azure: a key that ends in a dot",
    cause: () => azureAt("http://127.0.0.1:9").head({ bucket: "out", key: "a./b" }),
    received: "a./b",
    message: "head out/a./b: a part of the key ends in a dot, which Azure drops",
    noAction: KNOWN,
  },
  {
    what: "Azure: a key with a control character",
    cause: () => azureAt("http://127.0.0.1:9").head({ bucket: "out", key: "\u0001" }),
    message: "head out/\u0001: the key has a control character",
    noAction: KNOWN,
  },
];

const CODES = [
  "TemporaryRedirect BadDigest IncompleteBody NoSuchUpload",
  "AccessDenied AllAccessDisabled AccountProblem NotSignedUp",
  "SlowDown SlowDownRead SlowDownWrite Throttling ThrottlingException",
  "KeyTooLongError InvalidBucketName InvalidObjectName InvalidURI",
  "NotImplemented EntityTooLarge MetadataTooLarge InvalidTag",
  "Md5Mismatch Crc64Mismatch RequestTimeout",
];

describe("messages about what stores answer", () => {
  const rows = [...S3, ...GCS, ...AZURE];
  expectMessages(rows);
  expectComplete(
    ["s3-protocol", "adapter-gcs", "adapter-azure"].flatMap((name) =>
      messageTextsIn(`packages/${name}/src`, (file) => file === "store-errors.ts"),
    ),
    rows,
    Object.fromEntries(CODES.map((codes) => [codes, "error codes of a store"])),
  );
});
