# keywhen's sweeper: once a minute it moves the events that are due from the schedule's bucket to their targets.
#
#   module "keywhen" {
#     source          = "./node_modules/@keywhen/lambda/terraform"
#     schedule_bucket = "acme-schedule"
#     allow_targets   = ["acme-reminders/*", "acme-reports/daily/*"]
#     mode            = "precise"
#   }

data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}
data "aws_region" "current" {}

data "archive_file" "function" {
  type        = "zip"
  source_dir  = "${path.module}/../dist/function"
  output_path = "${path.root}/.terraform/keywhen-${var.name}.zip"
}

locals {
  precise = var.mode == "precise"
  settings = {
    KEYWHEN_STORE         = "s3://${var.schedule_bucket}/${var.root}"
    KEYWHEN_ALLOW_TARGETS = join(",", var.allow_targets)
    KEYWHEN_POST          = join(" ", [for pattern, url in var.post : "${pattern}=${url}"])
    KEYWHEN_MODE          = var.mode
    KEYWHEN_POLL          = local.precise ? var.poll : ""
    KEYWHEN_MAX_AGE       = var.max_age
    KEYWHEN_JOURNAL       = var.journal ? "true" : ""
    KEYWHEN_METRICS       = var.metrics
  }
  secrets = length(var.post) > 0 ? { KEYWHEN_WEBHOOK_SECRET = var.webhook_secret } : {}
}

resource "aws_lambda_function" "sweeper" {
  function_name    = var.name
  description      = "Moves due events to their targets."
  filename         = data.archive_file.function.output_path
  source_code_hash = data.archive_file.function.output_base64sha256
  handler          = "index.handler"
  runtime          = var.runtime
  architectures    = [var.architecture]
  role             = aws_iam_role.sweeper.arn
  memory_size      = var.memory_megabytes
  # A precise sweep runs until the end of the next full minute: 61 to 120 s, and ends before this.
  timeout                        = local.precise ? 150 : 60
  reserved_concurrent_executions = var.reserved_concurrency

  environment {
    variables = merge({ for name, value in local.settings : name => value if value != "" }, local.secrets)
  }

  logging_config {
    log_format = "Text"
    log_group  = aws_cloudwatch_log_group.sweeper.name
  }

  lifecycle {
    precondition {
      condition     = length(var.allow_targets) + length(var.post) > 0
      error_message = "Name where events may go: allow_targets like [\"acme-reminders/*\"], or post."
    }

    precondition {
      condition     = var.reserved_concurrency == -1 || var.reserved_concurrency >= var.shards * (local.precise ? 2 : 1)
      error_message = "Set reserved_concurrency to -1, or to the number of shards, and twice that in precise mode, where two sweeps overlap at each full minute (got ${var.reserved_concurrency})."
    }
  }
}

resource "aws_cloudwatch_log_group" "sweeper" {
  name              = "/aws/lambda/${var.name}"
  retention_in_days = var.log_retention_days
}

# The next minute's sweep is the retry: a retry at the same time would only cause second copies.
resource "aws_lambda_function_event_invoke_config" "sweeper" {
  function_name                = aws_lambda_function.sweeper.function_name
  maximum_retry_attempts       = 0
  maximum_event_age_in_seconds = 60
}

# Each invocation sweeps one shard of the schedule. The schedule's own number of shards may be another one.
resource "aws_scheduler_schedule" "every_minute" {
  count               = var.shards
  name                = count.index == 0 ? var.name : "${var.name}-shard-${count.index + 1}"
  description         = "Invokes keywhen's sweeper."
  schedule_expression = "cron(* * * * ? *)"

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = aws_lambda_function.sweeper.arn
    role_arn = aws_iam_role.wake.arn
    input    = jsonencode({ shard = { index = count.index + 1, count = var.shards } })

    retry_policy {
      maximum_retry_attempts       = 0
      maximum_event_age_in_seconds = 60
    }
  }
}
