variable "days" {
  type = number
}

resource "aws_cloudwatch_log_group" "this" {
  name              = "/orders/apps"
  retention_in_days = var.days
}

output "group" {
  value = aws_cloudwatch_log_group.this.name
}

output "arn" {
  value = aws_cloudwatch_log_group.this.arn
}
