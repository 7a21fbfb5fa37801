import { S3Client } from "@aws-sdk/client-s3";
import { BlobServiceClient } from "@azure/storage-blob";
import { Storage } from "@google-cloud/storage";
import { azureStore } from "@keywhen/adapter-azure";
import { open as openAzure } from "@keywhen/adapter-azure/url";
import { fsStore } from "@keywhen/adapter-fs";
import { open as openFile } from "@keywhen/adapter-fs/url";
import { gcsStore } from "@keywhen/adapter-gcs";
import { open as openGcs } from "@keywhen/adapter-gcs/url";
import { minioStore } from "@keywhen/adapter-minio";
import { open as openMinio } from "@keywhen/adapter-minio/url";
import { s3Store } from "@keywhen/adapter-s3";
import { open as openS3 } from "@keywhen/adapter-s3/url";
import { describe } from "vitest";
import { expectMessages, type Messages } from "./expect-messages.js";
import { messageTextsIn } from "./message-texts.js";

type Env = Readonly<Record<string, string>>;

const s3 =
  (url: string, env: Env = {}) =>
  () =>
    openS3(url, env);
const minio =
  (url: string, env: Env = { MINIO_ACCESS_KEY: "a", MINIO_SECRET_KEY: "b" }) =>
  () =>
    openMinio(url, env);
const gcs = (url: string) => () => openGcs(url, {});
const azure =
  (url: string, env: Env = {}) =>
  () =>
    openAzure(url, env);
const file = (url: string) => () => openFile(url, {});
const s3Options = (options: unknown) => () => s3Store(options as never);
const fsOptions = (options: unknown) => () => fsStore(options as never);

const client = new S3Client({ region: "us-east-1" });
const storage = new Storage({ projectId: "acme" });
const blobs = new BlobServiceClient("https://acme.blob.core.windows.net");
const OTHER_ACCOUNT =
  "DefaultEndpointsProtocol=https;AccountName=other;AccountKey=a2V5;EndpointSuffix=core.windows.net";

/** Messages about store URLs: each URL, and what is wrong with it. */
function urls(open: (url: string) => () => unknown, form: string, problems: object): Messages {
  const rows = Object.entries(problems).map(([url, problem]) => [
    `Invalid store URL ⟦${JSON.stringify(url)}⟧: ${problem}. Write ${form}`,
    open(url),
  ]);
  return Object.fromEntries(rows);
}

const S3_FORM =
  "s3://bucket/root?region=…&endpoint=…&path-style=…&fast-lane=…&service=…&conditional-put=…";

const URLS: Messages = {
  ...urls(s3, S3_FORM, {
    "https://acme/jobs": "it must start with s3://",
    "s3://": "it has no bucket name",
    "s3://arn:aws:s3:::acme": "it must have the bucket's name, not its ARN",
    "s3://acme/jobs#1": "it must not contain a fragment (write a # as %23)",
    "s3://acme\n": "it contains a line break; remove it",
    "s3://acme\u0007": "it contains a control character; remove it",
    "s3://acme/my jobs": "it contains a space; remove it, or write it as %20",
    "s3://[acme": '"[acme" is not a valid host',
    "s3://acme:9000": "it must not contain a port",
    "s3://acme/jobs//x": "its path has an empty part (//)",
    "s3://acme/../x": 'its path has the part ".."',
    "s3://-acme":
      'the bucket "-acme" is not allowed: the bucket\'s name must start with a letter or a digit and have only letters, digits, dots, hyphens and underscores',
    "s3://acme/50%": '"%" is not a valid escape; write a literal % as %25',
    "s3://acme?region=a&region=b": "parameter region is given twice; remove one",
    "s3://acme?region=": "parameter region is empty; give it a value or leave it out",
    "s3://acme?region=eu%20west":
      "parameter region contains a space; remove it, or write it as %20",
    "s3://acme?path-style=yes": 'path-style must be true or false (got "yes")',
    "s3://acme?service=aws3": 'service "aws3" is unknown; use one of aws, r2, ceph, minio, generic',
    "s3://acme?endpoint=localhost:9000":
      'endpoint must begin with http:// or https:// (got "localhost:9000")',
    "s3://acme?endpoint=https://[host": 'endpoint "https://[host" is not a valid URL',
    "s3://acme?endpoint=http://host:0":
      'endpoint "http://host:0" has port 0, which no server can have',
  }),
  ...urls(minio, "minio://host:9000/bucket/root?tls=false&region=…&service=ceph", {
    "minio://host:99999/acme": 'port "99999" is not a number from 1 to 65535',
    "minio:///acme": "it has no host",
    "minio://host:9000": 'it must name a host and a bucket; "host" has no bucket',
  }),
  ...urls(gcs, "gs://bucket/root?endpoint=…", {
    "gs://": "it has no bucket name",
    "gs://acme..jobs":
      'the bucket "acme..jobs" is not allowed: the bucket\'s name must have parts of 1 to 63 characters of a-z, 0-9, - and _, with a dot between two parts',
  }),
  ...urls(azure, "azure://account/container/root?endpoint=…", {
    "azure:///jobs": "it has no account",
    "azure://acme": "it has no container",
    "azure://my_account/jobs":
      'the account "my_account" is not allowed: use only lowercase letters and digits',
    "azure://acme/my_jobs":
      'the container "my_jobs" is not allowed: the container\'s name must have only lowercase letters, digits and single hyphens between them',
  }),
  ...urls(
    file,
    '"file:./data?bucket=schedule&root=keywhen" or "file:///var/data" (what follows the ? may be left out).',
    {
      "./data": "it must start with file:",
      "file://server/data": '"server" is a host; name a folder on this machine',
      "file:": "it names no folder",
      "file:./data\n": "it contains a line break; remove it",
      "file:./data#1": "it contains a # (write it as %23)",
      "file:./data ": "its path begins or ends with a space; remove it, or write it as %20",
      "file:~/data":
        '"~" is not replaced by the home folder here; write the whole path, or ./~ for a folder ~',
      "file:./data%07": "it contains a control character; remove it",
      "file:./data?root=a%07": "parameter root contains a control character; remove it",
      "file:./data?root=a%20": "parameter root begins or ends with a space; remove it",
      "file:./data?bucket=.git":
        'the bucket ".git" can\'t be a folder: its name must have 1 to 200 bytes, not begin with a dot, not end in a dot or space, and hold none of / \\ % : * ? " < > |',
    },
  ),
  [`Invalid store URL ⟦"s3://***@acme"⟧: it must not contain credentials; set them in the environment. Write ${S3_FORM}`]:
    s3("s3://key:secret@acme"),
  [`Invalid store URL "s3://acme?regoin=***": unknown parameter ⟦"regoin"⟧; use one of these: region, endpoint, path-style, fast-lane, service, conditional-put. Write ${S3_FORM}`]:
    s3("s3://acme?regoin=eu-west-1"),
  [`Invalid store URL "s3://acme?⟦endpoint⟧=***": endpoint must not contain credentials. Write ${S3_FORM}`]:
    s3("s3://acme?endpoint=https://a:b@host"),
  [`Invalid store URL "s3://acme?⟦endpoint⟧=***": endpoint must not contain a query or a fragment. Write ${S3_FORM}`]:
    s3("s3://acme?endpoint=https://host%3fa=1"),
  '⟦AWS_ENDPOINT_URL_S3⟧ must begin with http:// or https:// (got "\\"http://host\\""). Write AWS_ENDPOINT_URL_S3=https://s3.example.com, without quotes.':
    s3("s3://acme", { AWS_ENDPOINT_URL_S3: '"http://host"' }),
  "⟦no MinIO credentials⟧ found: set MINIO_ACCESS_KEY and MINIO_SECRET_KEY": minio(
    "minio://host/acme",
    {},
  ),
  'AZURE_STORAGE_CONNECTION_STRING is for the account ⟦"other"⟧, but the store URL names "acme": use the same account in both':
    azure("azure://acme/jobs", { AZURE_STORAGE_CONNECTION_STRING: OTHER_ACCOUNT }),
  "⟦AZURE_STORAGE_CONNECTION_STRING⟧ is not a connection string of Azure Storage: copy it again from the access keys of the account":
    azure("azure://acme/jobs", { AZURE_STORAGE_CONNECTION_STRING: "key" }),
  "⟦AZURE_STORAGE_KEY⟧ is not base64: copy the key again, without quotes or spaces": azure(
    "azure://acme/jobs",
    { AZURE_STORAGE_KEY: '"key"' },
  ),
};

const OPTIONS: Messages = {
  "s3Store: options must be an object, for example s3Store({ client }) (got ⟦null⟧)":
    s3Options(null),
  's3Store: there is no option ⟦"retries"⟧; use one of these: client, service, conditionalPut, singleCopyMaxBytes, fastLane':
    s3Options({ client, retries: 3 }),
  "s3Store: client must be an S3Client of @aws-sdk/client-s3 (got ⟦an object⟧)": s3Options({
    client: {},
  }),
  's3Store: service must be one of aws, r2, ceph, minio, generic (got ⟦"s3"⟧)': s3Options({
    client,
    service: "s3",
  }),
  's3Store: conditionalPut must be true or false (got ⟦"yes"⟧)': s3Options({
    client,
    conditionalPut: "yes",
  }),
  "s3Store: singleCopyMaxBytes must be a whole number, 5242880 or more (got ⟦1⟧)": s3Options({
    client,
    singleCopyMaxBytes: 1,
  }),
  "minioStore: client must be a Client of minio 8 (got ⟦an S3Client⟧)": () =>
    minioStore({ client: client as never }),
  "gcsStore: client must be a Storage of @google-cloud/storage (got ⟦an S3Client⟧)": () =>
    gcsStore({ client: client as never }),
  'gcsStore: agent must be an Agent of node:https (or node:http) (got ⟦"proxy"⟧)': () =>
    gcsStore({ client: storage, agent: "proxy" as never }),
  "azureStore: client must be a BlobServiceClient of the @azure/storage-blob that the adapter finds (got ⟦an S3Client⟧)":
    () => azureStore({ client: client as never }),
  "azureStore: singleCopyMaxBytes must be a whole number, 1 to 268435456 (got ⟦1000000000⟧)": () =>
    azureStore({ client: blobs, singleCopyMaxBytes: 1e9 }),
  'fsStore: options must be an object, for example fsStore({ folder: "./data" }) (got ⟦"./data"⟧)':
    fsOptions("./data"),
  "fsStore: folder must be the path of a folder (got ⟦undefined⟧)": fsOptions({}),
  'fsStore: folder must not contain a control character such as a line end (got ⟦"./data\\n"⟧)':
    fsOptions({ folder: "./data\n" }),
  'fsStore: folder must not begin or end with a space (got ⟦"./data "⟧)': fsOptions({
    folder: "./data ",
  }),
  'fsStore: folder ⟦"~/data"⟧ is not expanded to the home folder: write os.homedir() or the whole path, or ./~ for a folder that is named ~':
    fsOptions({ folder: "~/data" }),
};

const FOLDERS = [
  "adapter-kit",
  "adapter-fs",
  "adapter-s3",
  "adapter-minio",
  "adapter-gcs",
  "adapter-azure",
  "s3-protocol",
].map((name) => `packages/${name}/src`);
const FILES = /(?:^|\/)(?:store-url|store-options|url|options|settings)\.ts$/;

describe("messages about the options and store URLs of adapters", () => {
  expectMessages({
    messages: { ...URLS, ...OPTIONS },
    texts: messageTextsIn(FOLDERS, (file) => FILES.test(file)),
    exempt: {
      "only without @azure/identity, which is installed here": [
        "no AZURE_STORAGE_CONNECTION_STRING, AZURE_STORAGE_KEY or AZURE_STORAGE_SAS_TOKEN is set; for signing in with Microsoft Entra install @azure/identity",
      ],
    },
  });
});
