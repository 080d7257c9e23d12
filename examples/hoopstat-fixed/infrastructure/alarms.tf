locals {
  # Warn before an invocation is cut off.
  duration_alarm_ratio = 0.83

  # Timeouts in seconds.
  alarmed_functions = {
    bronze-ingestion = {
      function_name = aws_lambda_function.bronze_ingestion.function_name
      timeout       = var.lambda_config.bronze_ingestion.timeout
    }
    mcp-server = {
      function_name = aws_lambda_function.mcp_server.function_name
      timeout       = var.lambda_config.mcp_server.timeout
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "lambda_errors" {
  for_each = local.alarmed_functions

  alarm_name        = "lambda-errors-${each.key}"
  alarm_description = "${each.value.function_name} failed"

  namespace   = "AWS/Lambda"
  metric_name = "Errors"
  dimensions  = { FunctionName = each.value.function_name }

  statistic           = "Sum"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  period              = 300
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching"

  alarm_actions = var.alarm_topic_arns
}

resource "aws_cloudwatch_metric_alarm" "lambda_duration" {
  for_each = local.alarmed_functions

  alarm_name        = "lambda-duration-${each.key}"
  alarm_description = "${each.value.function_name} came close to its timeout"

  namespace   = "AWS/Lambda"
  metric_name = "Duration"
  dimensions  = { FunctionName = each.value.function_name }

  statistic           = "Maximum"
  comparison_operator = "GreaterThanThreshold"
  threshold           = each.value.timeout * 1000 * local.duration_alarm_ratio
  period              = 300
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching"

  alarm_actions = var.alarm_topic_arns
}

resource "aws_cloudwatch_metric_alarm" "lambda_throttles" {
  for_each = local.alarmed_functions

  alarm_name        = "lambda-throttles-${each.key}"
  alarm_description = "${each.value.function_name} was throttled"

  namespace   = "AWS/Lambda"
  metric_name = "Throttles"
  dimensions  = { FunctionName = each.value.function_name }

  statistic           = "Sum"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  period              = 300
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching"

  alarm_actions = var.alarm_topic_arns
}
