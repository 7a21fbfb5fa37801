export { seedCodec } from "./codec/seed-codec.js";
export {
  type MigrateEvent,
  type MigrateOptions,
  type MigrateReport,
  migrate,
} from "./seed/migrate.js";
