# What no plan would accept: nulls, wrong types and unknowns wherever a rule may look.

variable "u" {}
variable "cfg" { default = null }
resource "aws_lambda_function" "nul" {
  function_name = null
  timeout = null
  memory_size = "big"
  image_uri = 7
  package_type = null
  role = null
  environment { variables = null }
  logging_config {}
}
resource "aws_lambda_function" "a" {
  function_name = "a"
  timeout = 0
  environment { variables = ["x"] }
  lifecycle { ignore_changes = all }
}
resource "aws_lambda_function" "b" {
  function_name = "b"
  timeout = var.u
  environment { variables = { X = var.u, (var.u) = 1 } }
}
resource "aws_cloudwatch_metric_alarm" "none" {}
resource "aws_cloudwatch_metric_alarm" "odd" {
  alarm_name = ["x"]
  namespace = "AWS/Lambda"
  metric_name = "Errors"
  dimensions = { FunctionName = "a" }
  threshold = "many"
  period = "soon"
  comparison_operator = 7
  statistic = null
}
resource "aws_cloudwatch_metric_alarm" "d" {
  alarm_name = "d"
  namespace = "AWS/Lambda"
  metric_name = "Duration"
  dimensions = { FunctionName = aws_lambda_function.a.function_name }
  threshold = 1
  comparison_operator = "GreaterThanThreshold"
}
resource "aws_cloudwatch_metric_alarm" "nodim" {
  alarm_name = "nd"
  namespace = "AWS/Lambda"
  metric_name = "Throttles"
  dimensions = var.u
  threshold = null
  period = 0
  evaluation_periods = null
}
resource "aws_iam_role_policy" "p" {
  role = null
  policy = "not json"
}
resource "aws_iam_role_policy" "p2" {
  role = var.u
  policy = jsonencode({ Statement = [7, "x", null, {}, { Effect = "Allow", Action = 7, Resource = [null, {}] }, { Effect = "Allow", Action = "s3:GetObject", Resource = var.u, Condition = "odd" }] })
}
resource "aws_iam_role" "r" {
  assume_role_policy = jsonencode({ Statement = { Effect = "Allow", Principal = "*", Condition = { StringLike = { "token.actions.githubusercontent.com:sub" = [var.u, null, 7, { a = 1 }] } } } })
}
resource "aws_iam_role_policy" "x" {
  for_each = var.u
  role = each.value
  policy = each.key
}
resource "aws_ecr_repository" "e" { name = null }
resource "aws_ecr_lifecycle_policy" "e" { repository = var.u }
resource "aws_lambda_permission" "p" { principal = 7 }
resource "aws_cloudwatch_log_group" "g" { retention_in_days = "x" }
output "o" {}
