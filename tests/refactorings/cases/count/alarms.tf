resource "aws_cloudwatch_metric_alarm" "errors" {
  count = length(aws_lambda_function.this)

  alarm_name          = "${aws_lambda_function.this[count.index].function_name}-errors"
  namespace           = "AWS/Lambda"
  metric_name         = "Errors"
  dimensions          = { FunctionName = aws_lambda_function.this[count.index].function_name }
  statistic           = "Sum"
  comparison_operator = "GreaterThanThreshold"
  threshold           = count.index * 7
  period              = 300
  evaluation_periods  = 1
}
