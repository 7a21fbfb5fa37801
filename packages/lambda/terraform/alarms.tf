locals {
  lambda_alarms = {
    fails     = { namespace = "AWS/Lambda", metric = "Errors", statistic = "Sum", below = false, threshold = 1, says = "keywhen's sweeps fail, so events are late; see the errors in the function's log." }
    no_sweeps = { namespace = "AWS/Lambda", metric = "Invocations", statistic = "Sum", below = true, threshold = 4, says = "keywhen's sweeper is not invoked, so no event is delivered; check its schedule." }
    throttled = { namespace = "AWS/Lambda", metric = "Throttles", statistic = "Sum", below = false, threshold = 3, says = "The account's concurrency limit stops keywhen's sweeper, so events are late; raise the limit." }
  }
  own_alarms = {
    overdue  = { namespace = var.metrics, metric = "OldestDueAge", statistic = "Maximum", below = false, threshold = 180, says = "The oldest due event has waited for three minutes or more; see the errors in the function's log." }
    dead     = { namespace = var.metrics, metric = "Dead", statistic = "Sum", below = false, threshold = 1, says = "Events became dead letters; see them with keywhen dead list." }
  }
  # Each costs about 0.10 USD a month. The own ones have no namespace if there are no metrics.
  alarms = { for name, alarm in merge(local.lambda_alarms, local.own_alarms) : name => alarm if var.alarm_topic != "" && alarm.namespace != "" }
}

resource "aws_cloudwatch_metric_alarm" "sweeper" {
  for_each            = local.alarms
  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = each.value.says
  namespace           = each.value.namespace
  metric_name         = each.value.metric
  dimensions          = { FunctionName = aws_lambda_function.sweeper.function_name }
  statistic           = each.value.statistic
  period              = 300
  evaluation_periods  = 1
  threshold           = each.value.threshold
  comparison_operator = each.value.below ? "LessThanThreshold" : "GreaterThanOrEqualToThreshold"
  treat_missing_data  = each.value.below ? "breaching" : "notBreaching"
  alarm_actions       = [var.alarm_topic]
  ok_actions          = [var.alarm_topic]
}
