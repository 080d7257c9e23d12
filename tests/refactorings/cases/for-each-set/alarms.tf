resource "aws_cloudwatch_metric_alarm" "errors" {
  for_each = { for name, function in aws_lambda_function.this : function.function_name => name }

  alarm_name          = "${each.key}-errors"
  namespace           = "AWS/Lambda"
  metric_name         = "Errors"
  dimensions          = { FunctionName = each.key }
  statistic           = "Sum"
  comparison_operator = "GreaterThanThreshold"
  threshold           = try({ api = 7 }[each.value], 0)
  period              = 300
  evaluation_periods  = 1
}
