// A Ceph gateway by hand: `node tests/servers/dist/ceph.js`, then paste what it prints into
// another shell. It lives until Ctrl-C.
import { once } from "node:events";
import { startCephGateway } from "./ceph-gateway.js";

const server = await startCephGateway();
process.stdout.write(
  [
    `export AWS_ENDPOINT_URL_S3=${server.endpoint}`,
    `export AWS_REGION=${server.region}`,
    `export AWS_ACCESS_KEY_ID=${server.accessKeyId}`,
    `export AWS_SECRET_ACCESS_KEY=${server.secretAccessKey}`,
    "",
  ].join("\n"),
);
const alive = setInterval(() => {}, 60_000);
await Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
clearInterval(alive);
await server.stop();
