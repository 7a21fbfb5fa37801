output "function_name" {
  value = aws_lambda_function.sweeper.function_name
}

output "function_arn" {
  value = aws_lambda_function.sweeper.arn
}

output "log_group_name" {
  value = aws_cloudwatch_log_group.sweeper.name
}

output "role_arn" {
  description = "For the bucket policy of a target in another account."
  value       = aws_iam_role.sweeper.arn
}
