resource "aws_cloudwatch_log_group" "this" {
  for_each = zipmap(["/orders/apps"], [14])

  name              = each.key
  retention_in_days = each.value
}
