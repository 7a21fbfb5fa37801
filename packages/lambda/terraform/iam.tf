locals {
  s3     = "arn:${data.aws_partition.current.partition}:s3:::"
  source = "${local.s3}${var.schedule_bucket}"
  group  = "arn:${data.aws_partition.current.partition}:scheduler:${data.aws_region.current.name}:${data.aws_caller_identity.current.account_id}:schedule-group/default"
}

resource "aws_iam_role" "sweeper" {
  name = "${var.name}-sweeper"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "lambda.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })
}

resource "aws_iam_role_policy" "sweep" {
  name = "Sweep"
  role = aws_iam_role.sweeper.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      for statement in [
        {
          Sid      = "List"
          Effect   = "Allow"
          Action   = "s3:ListBucket"
          Resource = local.source
          # IfExists: S3 answers a read of what isn't there with 403 where the caller may not list, and such a read has
          # no prefix.
          Condition = { StringLikeIfExists = { "s3:prefix" = "${var.root}/pending*" } }
        },
        {
          Sid      = "ReadShardMap"
          Effect   = "Allow"
          Action   = "s3:GetObject"
          Resource = "${local.source}/${var.root}/shards.json"
        },
        {
          Sid      = "TakeFromTheSchedule"
          Effect   = "Allow"
          Action   = ["s3:GetObject", "s3:GetObjectTagging", "s3:DeleteObject"]
          Resource = "${local.source}/${var.root}/pending*"
        },
        # Of a recurring schedule, a sweep advances the definition and stores the next wake-up.
        {
          Sid      = "AdvanceRecurringSchedules"
          Effect   = "Allow"
          Action   = ["s3:GetObject", "s3:PutObject"]
          Resource = "${local.source}/${var.root}/schedules/*"
        },
        {
          Sid      = "ReadLargePayloads"
          Effect   = "Allow"
          Action   = "s3:GetObject"
          Resource = "${local.source}/${var.root}/payloads/*"
        },
        {
          Sid      = "StoreNextWakeUps"
          Effect   = "Allow"
          Action   = "s3:PutObject"
          Resource = "${local.source}/${var.root}/pending/*"
        },
        {
          Sid      = "ShareTheWorkWithOtherSweepers"
          Effect   = "Allow"
          Action   = ["s3:GetObject", "s3:PutObject"]
          Resource = "${local.source}/${var.root}/lease/*"
        },
        {
          Sid      = "KeepWhatCannotBeDelivered"
          Effect   = "Allow"
          Action   = ["s3:PutObject", "s3:PutObjectTagging", "s3:AbortMultipartUpload"]
          Resource = "${local.source}/${var.root}/dead/*"
        },
        {
          Sid      = "KeepTheJournal"
          Effect   = "Allow"
          Action   = "s3:PutObject"
          Resource = "${local.source}/${var.root}/journal/*"
        },
        {
          Sid      = "WriteToTheTargets"
          Effect   = "Allow"
          Action   = ["s3:GetObject", "s3:PutObject", "s3:PutObjectTagging", "s3:AbortMultipartUpload"]
          Resource = [for pattern in var.allow_targets : "${local.s3}${pattern}"]
        },
        {
          Sid      = "Log"
          Effect   = "Allow"
          Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
          Resource = "${aws_cloudwatch_log_group.sweeper.arn}:*"
        },
      ] : statement if statement.Sid != "WriteToTheTargets" || length(var.allow_targets) > 0
    ]
  })
}

resource "aws_iam_role_policy" "keys" {
  count = length(var.kms_keys) > 0 ? 1 : 0
  name  = "UseKmsKeys"
  role  = aws_iam_role.sweeper.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "ReadAndWriteEncrypted"
      Effect    = "Allow"
      Action    = ["kms:Decrypt", "kms:GenerateDataKey"]
      Resource  = var.kms_keys
      Condition = { StringLike = { "kms:ViaService" = "s3.*.amazonaws.com" } }
    }]
  })
}

resource "aws_iam_role" "wake" {
  name = "${var.name}-wake"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "scheduler.amazonaws.com" }
      Action    = "sts:AssumeRole"
      Condition = {
        StringEquals = {
          "aws:SourceAccount" = data.aws_caller_identity.current.account_id
          "aws:SourceArn"     = local.group
        }
      }
    }]
  })
}

resource "aws_iam_role_policy" "wake" {
  name = "Invoke"
  role = aws_iam_role.wake.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = "lambda:InvokeFunction"
      Resource = aws_lambda_function.sweeper.arn
    }]
  })
}
