resource "aws_cloudwatch_metric_alarm" "errors" {
  for_each = aws_lambda_function.this

  alarm_name          = "${each.value.function_name}-errors"
  namespace           = "AWS/Lambda"
  metric_name         = "Errors"
  dimensions          = { FunctionName = each.value.function_name }
  statistic           = "Sum"
  comparison_operator = "GreaterThanThreshold"
  threshold           = local.functions[each.key].error_threshold
  period              = 300
  evaluation_periods  = 1
}
