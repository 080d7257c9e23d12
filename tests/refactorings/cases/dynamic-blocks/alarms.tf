locals {
  thresholds = { orders-api = 7, orders-worker = 0 }
}

resource "aws_cloudwatch_metric_alarm" "errors" {
  for_each = aws_lambda_function.this

  alarm_name          = "${each.value.function_name}-errors"
  comparison_operator = "GreaterThanThreshold"
  threshold           = local.thresholds[each.value.function_name]
  evaluation_periods  = 1
  namespace           = "AWS/Lambda"
  metric_name         = "Errors"
  dimensions          = { FunctionName = each.value.function_name }
  statistic           = "Sum"
  period              = 300
}
