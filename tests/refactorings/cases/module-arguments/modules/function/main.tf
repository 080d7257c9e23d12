resource "aws_lambda_function" "this" {
  function_name = "orders-${var.app}"
  role          = var.role
  package_type  = "Image"
  image_uri     = "registry.example.com/orders:${var.app}"

  timeout     = var.timeout
  memory_size = var.memory_size

  environment {
    variables = var.variables
  }

  logging_config {
    log_format = "JSON"
    log_group  = var.log_group
  }
}

resource "aws_cloudwatch_metric_alarm" "errors" {
  alarm_name          = "${aws_lambda_function.this.function_name}-errors"
  namespace           = "AWS/Lambda"
  metric_name         = "Errors"
  dimensions          = { FunctionName = aws_lambda_function.this.function_name }
  statistic           = "Sum"
  comparison_operator = "GreaterThanThreshold"
  threshold           = var.error_threshold
  period              = 300
  evaluation_periods  = 1
}
