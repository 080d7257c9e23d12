resource "aws_cloudwatch_log_group" "this" {
  name              = "/services/${var.service}"
  retention_in_days = var.log_retention_days
  tags              = local.tags
}
