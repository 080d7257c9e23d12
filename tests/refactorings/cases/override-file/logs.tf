resource "aws_cloudwatch_log_group" "apps" {
  name              = "/orders/apps"
  retention_in_days = 90
}
