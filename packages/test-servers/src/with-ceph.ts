import { CEPH_INSTALL, cephGatewayAvailable } from "./ceph-gateway.js";

let told = false;

/**
 * For test files that need a Ceph gateway: `const describeCeph = withCeph(describe)`. Where Ceph is not
 * installed the tests are skipped and one loud line says so; in CI (`CI` is set) that is a failure.
 */
export function withCeph<D extends { readonly skip: unknown }>(describe: D): D | D["skip"] {
  if (cephGatewayAvailable()) return describe;
  const line = `NOT TESTED against a real S3 server, Ceph is not installed: ${CEPH_INSTALL}`;
  if (process.env["CI"]) throw new Error(line);
  if (!told) process.stderr.write(`\n*** ${line}\n\n`);
  told = true;
  return describe.skip;
}
