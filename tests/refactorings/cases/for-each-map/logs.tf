locals {
  log_groups = { "/orders/apps" = 14 }
}

resource "aws_cloudwatch_log_group" "this" {
  for_each = local.log_groups

  name              = each.key
  retention_in_days = each.value
}
