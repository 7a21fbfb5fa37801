export {
  type MigrateEvent,
  type MigrateOptions,
  type MigrateReport,
  migrate,
} from "./migrate.js";
export { s3SchedulerCodec } from "./s3-scheduler-codec.js";
