locals {
  alarms = {
    failures  = { metric = "Errors", statistic = "Sum", above = 3 }
    throttled = { metric = "Throttles", statistic = "Sum", above = 0 }
  }
}

resource "aws_cloudwatch_metric_alarm" "count" {
  for_each = local.alarms

  alarm_name          = "${local.function}-${each.key}"
  namespace           = "AWS/Lambda"
  metric_name         = each.value.metric
  statistic           = each.value.statistic
  comparison_operator = "GreaterThanThreshold"
  threshold           = each.value.above
  period              = 300
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching"
  dimensions          = { FunctionName = aws_lambda_function.this.function_name }
  tags                = local.tags
}

resource "aws_cloudwatch_metric_alarm" "slow" {
  alarm_name          = "${local.function}-slow"
  namespace           = "AWS/Lambda"
  metric_name         = "Duration"
  extended_statistic  = "p95"
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = var.settings.runtime_ms * var.slow_share
  period              = 60
  evaluation_periods  = 5
  treat_missing_data  = "notBreaching"
  dimensions          = { FunctionName = aws_lambda_function.this.function_name }
  tags                = local.tags
}
