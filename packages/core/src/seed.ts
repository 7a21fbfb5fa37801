export { seedCodec } from "./codec/seed-codec.js";
