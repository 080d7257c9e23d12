variable "create_log_group" {
  type    = bool
  default = true
}

resource "aws_cloudwatch_log_group" "apps" {
  count = var.create_log_group ? 1 : 0

  name              = "/orders/apps"
  retention_in_days = 14
}
