variable "schedule_bucket" {
  type        = string
  description = "The bucket that holds the schedule. It must exist; it must not have Object Lock."
}

variable "allow_targets" {
  type        = list(string)
  default     = []
  description = "The targets that events are copied to, like acme-reminders/*. The function gets permissions for them."

  validation {
    condition = alltrue([
      for pattern in var.allow_targets : can(regex("^(\\*|[^\\s*:/'\"]+/([^*]*[^*\\s]|[^*]*\\*))$", pattern))
    ])
    error_message = "Write each target as bucket/*, bucket/prefix/* or bucket/key, without quotes and without s3://."
  }
}

variable "post" {
  type        = map(string)
  default     = {}
  description = "Where events are posted as webhooks instead, like { \"hooks/*\" = \"https://example.com/due\" }."
}

variable "webhook_secret" {
  type        = string
  default     = ""
  sensitive   = true
  description = "What signs the webhooks: whsec_ and 24 to 64 random bytes in base64. Give two, separated by a space, while you rotate it."
}

variable "name" {
  type        = string
  default     = "keywhen"
  description = "What the function, its roles and its schedule are called."
}

variable "root" {
  type        = string
  default     = "keywhen"
  description = "The part before /pending/ in every key of the schedule."
}

variable "mode" {
  type        = string
  default     = "plain"
  description = "plain sweeps once a minute; precise delivers each event at its instant, and its function runs all the time."

  validation {
    condition     = contains(["plain", "precise"], var.mode)
    error_message = "Set mode to plain or precise (got ${var.mode})."
  }
}

variable "poll" {
  type        = string
  default     = "5s"
  description = "How often a precise sweep looks for what was scheduled at short notice, 100ms to 60s."
}

variable "max_age" {
  type        = string
  default     = "24h"
  description = "How long an event that fails is tried before it becomes a dead letter, like 7d."
}

variable "journal" {
  type        = bool
  default     = false
  description = "Whether to write what becomes of each event to the schedule's bucket, for keywhen log."
}

variable "metrics" {
  type        = string
  default     = ""
  description = "The CloudWatch namespace for the sweeper's own metrics, which cost more than sweeping. Empty for none."
}

variable "alarm_topic" {
  type        = string
  default     = ""
  description = "The ARN of an SNS topic for three alarms, and with metrics for two more. Empty for none."
}

variable "shards" {
  type        = number
  default     = 1
  description = "How many invocations share the schedule's shards each minute (keywhen shards set)."
}

variable "reserved_concurrency" {
  type        = number
  default     = -1
  description = "-1 reserves none, which is safe. An account with a low quota refuses any other."
}

variable "kms_keys" {
  type        = list(string)
  default     = []
  description = "The ARNs of your KMS keys that encrypt the buckets."
}

variable "memory_megabytes" {
  type        = number
  default     = 256
  description = "256 moves about 120 events a second, 1769 (one core) about 800."
}

variable "log_retention_days" {
  type    = number
  default = 30
}

variable "runtime" {
  type    = string
  default = "nodejs24.x"
}

variable "architecture" {
  type    = string
  default = "arm64"
}
