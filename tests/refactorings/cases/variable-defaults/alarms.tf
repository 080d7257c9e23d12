resource "aws_cloudwatch_metric_alarm" "api_errors" {
  alarm_name          = "orders-api-errors"
  namespace           = "AWS/Lambda"
  metric_name         = "Errors"
  dimensions          = { FunctionName = aws_lambda_function.api.function_name }
  statistic           = "Sum"
  comparison_operator = "GreaterThanThreshold"
  threshold           = var.error_threshold
  period              = 300
  evaluation_periods  = 1
}

resource "aws_cloudwatch_metric_alarm" "worker_errors" {
  alarm_name          = "orders-worker-errors"
  namespace           = "AWS/Lambda"
  metric_name         = "Errors"
  dimensions          = { FunctionName = aws_lambda_function.worker.function_name }
  statistic           = "Sum"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  period              = 300
  evaluation_periods  = 1
}
