resource "aws_cloudwatch_log_group" "apps" {
  retention_in_days = 14
}
