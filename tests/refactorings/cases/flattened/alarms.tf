locals {
  alarms = {
    for pair in setproduct(keys(aws_lambda_function.this), ["errors"]) :
    join("-", pair) => { function = pair[0], metric = title(pair[1]) }
  }
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = local.alarms

  alarm_name          = each.key
  namespace           = "AWS/Lambda"
  metric_name         = each.value.metric
  dimensions          = { FunctionName = each.value.function }
  statistic           = "Sum"
  comparison_operator = "GreaterThanThreshold"
  threshold           = endswith(each.value.function, "-api") ? 7 : 0
  period              = 300
  evaluation_periods  = 1
}
