locals {
  alarms = {
    errors    = { metric = "Errors", statistic = "Sum", ratio = 0 }
    throttles = { metric = "Throttles", statistic = "Sum", ratio = 0 }
    duration  = { metric = "Duration", statistic = "Maximum", ratio = 0.8 }
  }

  watched = {
    for pair in setproduct(keys(local.functions), keys(local.alarms)) :
    "${pair[1]}-${pair[0]}" => { function = pair[0], kind = pair[1] }
  }
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = local.watched

  alarm_name          = "${each.value.kind}-${var.service}-${each.value.function}"
  namespace           = "AWS/Lambda"
  metric_name         = local.alarms[each.value.kind].metric
  dimensions          = { FunctionName = aws_lambda_function.this[each.value.function].function_name }
  statistic           = local.alarms[each.value.kind].statistic
  comparison_operator = "GreaterThanThreshold"
  threshold           = local.functions[each.value.function].timeout * 1000 * local.alarms[each.value.kind].ratio
  period              = 300
  evaluation_periods  = 1
  tags                = local.tags
}
