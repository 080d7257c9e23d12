resource "aws_cloudwatch_log_group" "apps" {
  name              = "/orders/apps"
  retention_in_days = local.retention_in_days
}
