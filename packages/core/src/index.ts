export {
  type CodedError,
  type ErrorCode,
  hasCode,
  KeywhenError,
  type KeywhenErrorCode,
} from "./keywhen-error.js";
