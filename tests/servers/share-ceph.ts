/** For all projects of a test run: one Ceph gateway, which starts when the first test asks for an account. */
export { shareCephGateway as setup } from "./src/shared-ceph.js";
