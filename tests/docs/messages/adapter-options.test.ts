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
import { expectComplete, expectMessages, type MessageRow } from "./expect-messages.js";
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

const URLS: readonly MessageRow[] = [
  {
    what: "a URL of another scheme",
    cause: s3("https://acme/jobs"),
    received: '"https://acme/jobs"',
    message:
      'Invalid store URL "https://acme/jobs": it must start with s3://. Write s3://bucket/root?region=…&endpoint=…&path-style=…&fast-lane=…&service=…&conditional-put=…',
  },
  {
    what: "a URL without a bucket",
    cause: s3("s3://"),
    received: '"s3://"',
    message:
      'Invalid store URL "s3://": it has no bucket name. Write s3://bucket/root?region=…&endpoint=…&path-style=…&fast-lane=…&service=…&conditional-put=…',
  },
  {
    what: "a URL with an ARN",
    cause: s3("s3://arn:aws:s3:::acme"),
    received: "arn:aws:s3:::acme",
    message:
      'Invalid store URL "s3://arn:aws:s3:::acme": it must have the bucket\'s name, not its ARN. Write s3://bucket/root?region=…&endpoint=…&path-style=…&fast-lane=…&service=…&conditional-put=…',
  },
  {
    what: "a URL with credentials",
    cause: s3("s3://key:secret@acme"),
    received: '"s3://***@acme"',
    message:
      'Invalid store URL "s3://***@acme": it must not contain credentials; set them in the environment. Write s3://bucket/root?region=…&endpoint=…&path-style=…&fast-lane=…&service=…&conditional-put=…',
  },
  {
    what: "a URL with a fragment",
    cause: s3("s3://acme/jobs#1"),
    received: '"s3://acme/jobs#1"',
    message:
      'Invalid store URL "s3://acme/jobs#1": it must not contain a fragment (write a # as %23). Write s3://bucket/root?region=…&endpoint=…&path-style=…&fast-lane=…&service=…&conditional-put=…',
  },
  {
    what: "a URL with a line break",
    cause: s3("s3://acme\n"),
    received: '"s3://acme\\n"',
    message:
      'Invalid store URL "s3://acme\\n": it contains a line break; remove it. Write s3://bucket/root?region=…&endpoint=…&path-style=…&fast-lane=…&service=…&conditional-put=…',
  },
  {
    what: "a URL with a control character",
    cause: s3("s3://acme\u0007"),
    received: '"s3://acme\\u0007"',
    message:
      'Invalid store URL "s3://acme\\u0007": it contains a control character; remove it. Write s3://bucket/root?region=…&endpoint=…&path-style=…&fast-lane=…&service=…&conditional-put=…',
  },
  {
    what: "a URL with a space",
    cause: s3("s3://acme/my jobs"),
    received: '"s3://acme/my jobs"',
    message:
      'Invalid store URL "s3://acme/my jobs": it contains a space; remove it, or write it as %20. Write s3://bucket/root?region=…&endpoint=…&path-style=…&fast-lane=…&service=…&conditional-put=…',
  },
  {
    what: "a URL with a host that is not valid",
    cause: s3("s3://[acme"),
    received: '"[acme"',
    message:
      'Invalid store URL "s3://[acme": "[acme" is not a valid host. Write s3://bucket/root?region=…&endpoint=…&path-style=…&fast-lane=…&service=…&conditional-put=…',
  },
  {
    what: "a URL with a port",
    cause: s3("s3://acme:9000"),
    received: '"s3://acme:9000"',
    message:
      'Invalid store URL "s3://acme:9000": it must not contain a port. Write s3://bucket/root?region=…&endpoint=…&path-style=…&fast-lane=…&service=…&conditional-put=…',
  },
  {
    what: "a URL with a port that is not valid",
    cause: minio("minio://host:99999/acme"),
    received: '"99999"',
    message:
      'Invalid store URL "minio://host:99999/acme": port "99999" is not a number from 1 to 65535. Write minio://host:9000/bucket/root?tls=false&region=…&service=ceph',
  },
  {
    what: "a URL with an empty part",
    cause: s3("s3://acme/jobs//x"),
    received: '"s3://acme/jobs//x"',
    message:
      'Invalid store URL "s3://acme/jobs//x": its path has an empty part (//). Write s3://bucket/root?region=…&endpoint=…&path-style=…&fast-lane=…&service=…&conditional-put=…',
  },
  {
    what: "a URL with the part ..",
    cause: s3("s3://acme/../x"),
    received: '".."',
    message:
      'Invalid store URL "s3://acme/../x": its path has the part "..". Write s3://bucket/root?region=…&endpoint=…&path-style=…&fast-lane=…&service=…&conditional-put=…',
  },
  {
    what: "a URL with a bucket that S3 can't have",
    cause: s3("s3://-acme"),
    received: '"-acme"',
    message:
      'Invalid store URL "s3://-acme": the bucket "-acme" is not allowed: the bucket\'s name must start with a letter or a digit and have only letters, digits, dots, hyphens and underscores. Write s3://bucket/root?region=…&endpoint=…&path-style=…&fast-lane=…&service=…&conditional-put=…',
  },
  {
    what: "a URL with a bad escape",
    cause: s3("s3://acme/50%"),
    received: '"%"',
    message:
      'Invalid store URL "s3://acme/50%": "%" is not a valid escape; write a literal % as %25. Write s3://bucket/root?region=…&endpoint=…&path-style=…&fast-lane=…&service=…&conditional-put=…',
  },
  {
    what: "a URL with an unknown parameter",
    cause: s3("s3://acme?regoin=eu-west-1"),
    received: '"regoin"',
    message:
      'Invalid store URL "s3://acme?regoin=***": unknown parameter "regoin"; use one of these: region, endpoint, path-style, fast-lane, service, conditional-put. Write s3://bucket/root?region=…&endpoint=…&path-style=…&fast-lane=…&service=…&conditional-put=…',
  },
  {
    what: "a URL with a parameter twice",
    cause: s3("s3://acme?region=a&region=b"),
    received: "region is given twice",
    message:
      'Invalid store URL "s3://acme?region=a&region=b": parameter region is given twice; remove one. Write s3://bucket/root?region=…&endpoint=…&path-style=…&fast-lane=…&service=…&conditional-put=…',
  },
  {
    what: "a URL with an empty parameter",
    cause: s3("s3://acme?region="),
    received: "region is empty",
    message:
      'Invalid store URL "s3://acme?region=": parameter region is empty; give it a value or leave it out. Write s3://bucket/root?region=…&endpoint=…&path-style=…&fast-lane=…&service=…&conditional-put=…',
  },
  {
    what: "a URL with a space in a parameter",
    cause: s3("s3://acme?region=eu%20west"),
    received: "parameter region",
    message:
      'Invalid store URL "s3://acme?region=eu%20west": parameter region contains a space; remove it, or write it as %20. Write s3://bucket/root?region=…&endpoint=…&path-style=…&fast-lane=…&service=…&conditional-put=…',
  },
  {
    what: "a URL with a choice that is neither",
    cause: s3("s3://acme?path-style=yes"),
    received: '"yes"',
    message:
      'Invalid store URL "s3://acme?path-style=yes": path-style must be true or false (got "yes"). Write s3://bucket/root?region=…&endpoint=…&path-style=…&fast-lane=…&service=…&conditional-put=…',
  },
  {
    what: "a URL with an unknown service",
    cause: s3("s3://acme?service=aws3"),
    received: '"aws3"',
    message:
      'Invalid store URL "s3://acme?service=aws3": service "aws3" is unknown; use one of aws, r2, ceph, minio, generic. Write s3://bucket/root?region=…&endpoint=…&path-style=…&fast-lane=…&service=…&conditional-put=…',
  },
  {
    what: "an endpoint without a scheme",
    cause: s3("s3://acme?endpoint=localhost:9000"),
    received: '"localhost:9000"',
    message:
      'Invalid store URL "s3://acme?endpoint=localhost:9000": endpoint must begin with http:// or https:// (got "localhost:9000"). Write s3://bucket/root?region=…&endpoint=…&path-style=…&fast-lane=…&service=…&conditional-put=…',
  },
  {
    what: "an endpoint with credentials",
    cause: s3("s3://acme?endpoint=https://a:b@host"),
    received: "endpoint",
    message:
      'Invalid store URL "s3://acme?endpoint=***": endpoint must not contain credentials. Write s3://bucket/root?region=…&endpoint=…&path-style=…&fast-lane=…&service=…&conditional-put=…',
  },
  {
    what: "an endpoint that is no URL",
    cause: s3("s3://acme?endpoint=https://[host"),
    received: '"https://[host"',
    message:
      'Invalid store URL "s3://acme?endpoint=https://[host": endpoint "https://[host" is not a valid URL. Write s3://bucket/root?region=…&endpoint=…&path-style=…&fast-lane=…&service=…&conditional-put=…',
  },
  {
    what: "an endpoint with a query",
    cause: s3("s3://acme?endpoint=https://host%3fa=1"),
    received: "endpoint",
    message:
      'Invalid store URL "s3://acme?endpoint=***": endpoint must not contain a query or a fragment. Write s3://bucket/root?region=…&endpoint=…&path-style=…&fast-lane=…&service=…&conditional-put=…',
  },
  {
    what: "an endpoint with port 0",
    cause: s3("s3://acme?endpoint=http://host:0"),
    received: "port 0",
    message:
      'Invalid store URL "s3://acme?endpoint=http://host:0": endpoint "http://host:0" has port 0, which no server can have. Write s3://bucket/root?region=…&endpoint=…&path-style=…&fast-lane=…&service=…&conditional-put=…',
  },
  {
    what: "an endpoint in a variable, with quotes",
    cause: s3("s3://acme", { AWS_ENDPOINT_URL_S3: '"http://host"' }),
    received: "AWS_ENDPOINT_URL_S3",
    message:
      'AWS_ENDPOINT_URL_S3 must begin with http:// or https:// (got "\\"http://host\\""). Write AWS_ENDPOINT_URL_S3=https://s3.example.com, without quotes.',
  },
  {
    what: "a MinIO URL without a host",
    cause: minio("minio:///acme"),
    received: '"minio:///acme"',
    message:
      'Invalid store URL "minio:///acme": it has no host. Write minio://host:9000/bucket/root?tls=false&region=…&service=ceph',
  },
  {
    what: "a MinIO URL without a bucket",
    cause: minio("minio://host:9000"),
    received: '"host"',
    message:
      'Invalid store URL "minio://host:9000": it must name a host and a bucket; "host" has no bucket. Write minio://host:9000/bucket/root?tls=false&region=…&service=ceph',
  },
  {
    what: "no MinIO credentials",
    cause: minio("minio://host/acme", {}),
    message: "no MinIO credentials found: set MINIO_ACCESS_KEY and MINIO_SECRET_KEY",
  },
  {
    what: "a Cloud Storage URL without a bucket",
    cause: gcs("gs://"),
    received: '"gs://"',
    message: 'Invalid store URL "gs://": it has no bucket name. Write gs://bucket/root?endpoint=…',
  },
  {
    what: "a Cloud Storage URL with a bad bucket",
    cause: gcs("gs://acme..jobs"),
    received: '"acme..jobs"',
    message:
      'Invalid store URL "gs://acme..jobs": the bucket "acme..jobs" is not allowed: the bucket\'s name must have parts of 1 to 63 characters of a-z, 0-9, - and _, with a dot between two parts. Write gs://bucket/root?endpoint=…',
  },
  {
    what: "an Azure URL without an account",
    cause: azure("azure:///jobs"),
    received: '"azure:///jobs"',
    message:
      'Invalid store URL "azure:///jobs": it has no account. Write azure://account/container/root?endpoint=…',
  },
  {
    what: "an Azure URL without a container",
    cause: azure("azure://acme"),
    received: '"azure://acme"',
    message:
      'Invalid store URL "azure://acme": it has no container. Write azure://account/container/root?endpoint=…',
  },
  {
    what: "an Azure URL with a bad account",
    cause: azure("azure://my_account/jobs"),
    received: '"my_account"',
    message:
      'Invalid store URL "azure://my_account/jobs": the account "my_account" is not allowed: use only lowercase letters and digits. Write azure://account/container/root?endpoint=…',
  },
  {
    what: "an Azure URL with a bad container",
    cause: azure("azure://acme/my_jobs"),
    received: '"my_jobs"',
    message:
      'Invalid store URL "azure://acme/my_jobs": the container "my_jobs" is not allowed: the container\'s name must have only lowercase letters, digits and single hyphens between them. Write azure://account/container/root?endpoint=…',
  },
  {
    what: "a connection string of another account",
    cause: azure("azure://acme/jobs", { AZURE_STORAGE_CONNECTION_STRING: OTHER_ACCOUNT }),
    received: '"other"',
    message:
      'AZURE_STORAGE_CONNECTION_STRING is for the account "other", but the store URL names "acme": use the same account in both',
  },
  {
    what: "a connection string that is not valid",
    cause: azure("azure://acme/jobs", { AZURE_STORAGE_CONNECTION_STRING: "key" }),
    message:
      "AZURE_STORAGE_CONNECTION_STRING is not a connection string of Azure Storage: copy it again from the access keys of the account",
  },
  {
    what: "an account key that is not base64",
    cause: azure("azure://acme/jobs", { AZURE_STORAGE_KEY: '"key"' }),
    message: "AZURE_STORAGE_KEY is not base64: copy the key again, without quotes or spaces",
  },
  {
    what: "a file URL of another scheme",
    cause: file("./data"),
    received: '"./data"',
    message:
      'Invalid store URL "./data": it must start with file:. Write "file:./data?bucket=schedule&root=keywhen" or "file:///var/data" (what follows the ? may be left out).',
  },
  {
    what: "a file URL with a host",
    cause: file("file://server/data"),
    received: '"server"',
    message:
      'Invalid store URL "file://server/data": "server" is a host; name a folder on this machine. Write "file:./data?bucket=schedule&root=keywhen" or "file:///var/data" (what follows the ? may be left out).',
  },
  {
    what: "a file URL without a folder",
    cause: file("file:"),
    received: '"file:"',
    message:
      'Invalid store URL "file:": it names no folder. Write "file:./data?bucket=schedule&root=keywhen" or "file:///var/data" (what follows the ? may be left out).',
  },
  {
    what: "a file URL with a line break",
    cause: file("file:./data\n"),
    received: '"file:./data\\n"',
    message:
      'Invalid store URL "file:./data\\n": it contains a line break; remove it. Write "file:./data?bucket=schedule&root=keywhen" or "file:///var/data" (what follows the ? may be left out).',
  },
  {
    what: "a file URL with a fragment",
    cause: file("file:./data#1"),
    received: '"file:./data#1"',
    message:
      'Invalid store URL "file:./data#1": it contains a # (write it as %23). Write "file:./data?bucket=schedule&root=keywhen" or "file:///var/data" (what follows the ? may be left out).',
  },
  {
    what: "a file URL with a space at its end",
    cause: file("file:./data "),
    received: '"file:./data "',
    message:
      'Invalid store URL "file:./data ": its path begins or ends with a space; remove it, or write it as %20. Write "file:./data?bucket=schedule&root=keywhen" or "file:///var/data" (what follows the ? may be left out).',
  },
  {
    what: "a file URL with a home folder",
    cause: file("file:~/data"),
    received: '"file:~/data"',
    message:
      'Invalid store URL "file:~/data": "~" is not replaced by the home folder here; write the whole path, or ./~ for a folder ~. Write "file:./data?bucket=schedule&root=keywhen" or "file:///var/data" (what follows the ? may be left out).',
  },
  {
    what: "a file URL with a control character",
    cause: file("file:./data%07"),
    received: '"file:./data%07"',
    message:
      'Invalid store URL "file:./data%07": it contains a control character; remove it. Write "file:./data?bucket=schedule&root=keywhen" or "file:///var/data" (what follows the ? may be left out).',
  },
  {
    what: "a file URL with a control character in its root",
    cause: file("file:./data?root=a%07"),
    received: "parameter root",
    message:
      'Invalid store URL "file:./data?root=a%07": parameter root contains a control character; remove it. Write "file:./data?bucket=schedule&root=keywhen" or "file:///var/data" (what follows the ? may be left out).',
  },
  {
    what: "a file URL with a space in its root",
    cause: file("file:./data?root=a%20"),
    received: "parameter root",
    message:
      'Invalid store URL "file:./data?root=a%20": parameter root begins or ends with a space; remove it. Write "file:./data?bucket=schedule&root=keywhen" or "file:///var/data" (what follows the ? may be left out).',
  },
  {
    what: "a file URL with a bucket that is hidden",
    cause: file("file:./data?bucket=.git"),
    received: '".git"',
    message:
      'Invalid store URL "file:./data?bucket=.git": the bucket ".git" can\'t be a folder: its name must have 1 to 200 bytes, not begin with a dot, not end in a dot or space, and hold none of / \\ % : * ? " < > |. Write "file:./data?bucket=schedule&root=keywhen" or "file:///var/data" (what follows the ? may be left out).',
  },
];

const OPTIONS: readonly MessageRow[] = [
  {
    what: "no options",
    cause: s3Options(null),
    received: "null",
    message: "s3Store: options must be an object, for example s3Store({ client }) (got null)",
  },
  {
    what: "an option that does not exist",
    cause: s3Options({ client, retries: 3 }),
    received: '"retries"',
    message:
      's3Store: there is no option "retries"; use one of these: client, service, conditionalPut, singleCopyMaxBytes, fastLane',
  },
  {
    what: "a client that is an object",
    cause: s3Options({ client: {} }),
    received: "an object",
    message: "s3Store: client must be an S3Client of @aws-sdk/client-s3 (got an object)",
  },
  {
    what: "a service that does not exist",
    cause: s3Options({ client, service: "s3" }),
    received: '"s3"',
    message: 's3Store: service must be one of aws, r2, ceph, minio, generic (got "s3")',
  },
  {
    what: "a choice that is text",
    cause: s3Options({ client, conditionalPut: "yes" }),
    received: '"yes"',
    message: 's3Store: conditionalPut must be true or false (got "yes")',
  },
  {
    what: "a size that is too small",
    cause: s3Options({ client, singleCopyMaxBytes: 1 }),
    received: "1",
    message: "s3Store: singleCopyMaxBytes must be a whole number, 5242880 or more (got 1)",
  },
  {
    what: "another client for MinIO",
    cause: () => minioStore({ client: client as never }),
    received: "an S3Client",
    message: "minioStore: client must be a Client of minio 8 (got an S3Client)",
  },
  {
    what: "another client for Cloud Storage",
    cause: () => gcsStore({ client: client as never }),
    received: "an S3Client",
    message: "gcsStore: client must be a Storage of @google-cloud/storage (got an S3Client)",
  },
  {
    what: "an agent that is not valid",
    cause: () => gcsStore({ client: storage, agent: "proxy" as never }),
    received: '"proxy"',
    message: 'gcsStore: agent must be an Agent of node:https (or node:http) (got "proxy")',
  },
  {
    what: "another client for Azure",
    cause: () => azureStore({ client: client as never }),
    received: "an S3Client",
    message:
      "azureStore: client must be a BlobServiceClient of the @azure/storage-blob that the adapter finds (got an S3Client)",
  },
  {
    what: "a size that is too large for Azure",
    cause: () => azureStore({ client: blobs, singleCopyMaxBytes: 1e9 }),
    received: "1000000000",
    message:
      "azureStore: singleCopyMaxBytes must be a whole number, 1 to 268435456 (got 1000000000)",
  },
  {
    what: "a folder that is missing",
    cause: fsOptions({}),
    received: "undefined",
    message: "fsStore: folder must be the path of a folder (got undefined)",
  },
  {
    what: "a folder with a line end",
    cause: fsOptions({ folder: "./data\n" }),
    received: '"./data\\n"',
    message:
      'fsStore: folder must not contain a control character such as a line end (got "./data\\n")',
  },
  {
    what: "a folder with a space at its end",
    cause: fsOptions({ folder: "./data " }),
    received: '"./data "',
    message: 'fsStore: folder must not begin or end with a space (got "./data ")',
  },
  {
    what: "a folder in the home folder",
    cause: fsOptions({ folder: "~/data" }),
    received: '"~/data"',
    message:
      'fsStore: folder "~/data" is not expanded to the home folder: write os.homedir() or the whole path, or ./~ for a folder that is named ~',
  },
];

const FILES = /(?:^|\/)(?:store-url|store-options|url|options|settings)\.ts$/;

describe("messages about the options and store URLs of adapters", () => {
  const rows = [...URLS, ...OPTIONS];
  expectMessages(rows);
  expectComplete(
    [
      "adapter-kit",
      "adapter-fs",
      "adapter-s3",
      "adapter-minio",
      "adapter-gcs",
      "adapter-azure",
      "s3-protocol",
    ].flatMap((name) => messageTextsIn(`packages/${name}/src`, (source) => FILES.test(source))),
    rows,
    {
      ".blob.core.windows.net": "an address",
      "no AZURE_STORAGE_CONNECTION_STRING, AZURE_STORAGE_KEY or AZURE_STORAGE_SAS_TOKEN is set; for signing in with Microsoft Entra install @azure/identity":
        "only without @azure/identity, which is installed here",
    },
  );
});
