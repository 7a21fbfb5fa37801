export { type AdapterUnderTest, adapterCases } from "./adapter-cases.js";
export {
  type Answer,
  type AnswerHandler,
  type AnsweringServer,
  type RecordedRequest,
  type SpokenAnswer,
  startAnsweringServer,
} from "./answering-server.js";
export { startAzurite, type TestAzureServer } from "./azurite.js";
export { canRun } from "./can-run.js";
export { startCephGateway, type TestS3Account, type TestS3Server } from "./ceph-gateway.js";
export { CONDITIONS_KEPT, conditionsKeptWithWeakEtags } from "./conditions-kept.js";
export { ENDING_WITH_PARENT } from "./ending-with-parent.js";
export { type Fault, faultName, type ProxiedRequest, startFaultProxy } from "./fault-proxy.js";
export { findBrowser } from "./find-browser.js";
export { type GcsServer, type GcsServerOptions, startGcsServer } from "./gcs/gcs-server.js";
export { installApart } from "./install-apart.js";
export { runLargeUpload, S3_LARGE_UPLOAD } from "./large-upload.js";
export { listen, stopListening } from "./loopback.js";
export { MEBIBYTE, manyBytes, mebibytes } from "./many-bytes.js";
export { pushCreated } from "./push-created.js";
export { S3_ANSWER_CASES } from "./s3-answer-cases.js";
export { CEPH_BUCKETS, S3_ON_CEPH, type S3OnCeph } from "./s3-on-ceph.js";
export { openAzuriteAccount, openCephAccount } from "./shared-servers.js";
export { skipUnless, withCeph } from "./skip-unless.js";
export {
  endlessBody,
  OPERATIONS,
  STREAM_PUTS,
  storeErrorOf,
  streamOf,
} from "./store-operations.js";
export { FULL_DISK, LINUX, pythonWithBoto3, TEST_NEEDS, type TestNeed } from "./test-needs.js";
export { DESCRIBED, outcomeOf, s3Error, UNCONFIRMED_CASES } from "./unconfirmed-answers.js";
export { VERSIONED_BUCKET_CASES } from "./versioned-bucket-cases.js";
export { errorAt, mistakesIn, REACHING, WRONG_ENDPOINTS } from "./wrong-endpoints.js";
