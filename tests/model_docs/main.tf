# trysquare:ignore lambda-timeout the page is behind

provider "aws" {
  region = "eu-central-1"
}

variable "timeout" {
  default = 30

  validation {
    condition     = var.timeout > 0
    error_message = "The timeout must be above 0."
  }
}

locals {
  unused = local.undeclared
}

resource "aws_s3_bucket" "orders" {
  bucket = "orders"
}

resource "aws_ecr_repository" "orders" {
  name = "orders"
}

resource "aws_cloudwatch_log_group" "apps" {
  name = "/orders/apps"
}

resource "aws_iam_role" "execution" {
  name = "orders-execution"
  assume_role_policy = jsonencode({
    Statement = { Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }
  })
}

resource "aws_iam_role_policy" "execution" {
  role = aws_iam_role.execution.id
  policy = jsonencode({
    Statement = [
      { Effect = "Allow", Action = ["s3:GetObject"], Resource = "${aws_s3_bucket.orders.arn}/*" },
      { Effect = "Allow", Action = ["logs:PutLogEvents"], Resource = "${aws_cloudwatch_log_group.apps.arn}:*" },
    ]
  })
}

resource "aws_iam_role" "deploy" {
  name = "orders-deploy"
  assume_role_policy = jsonencode({
    Statement = {
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com" }
      Condition = { StringLike = { "token.actions.githubusercontent.com:sub" = "repo:acme/orders:*" } }
    }
  })
}

resource "aws_lambda_function" "orders" {
  function_name = "orders-api"
  role          = aws_iam_role.execution.arn
  package_type  = "Image"
  image_uri     = "${aws_ecr_repository.orders.repository_url}:api-latest"
  timeout       = var.timeout

  environment {
    variables = { LOG_LEVEL = "INFO", ORDERS_BUCKET = aws_s3_bucket.orders.id }
  }

  lifecycle {
    ignore_changes = [image_uri]
  }
}

resource "aws_lambda_permission" "s3" {
  function_name = aws_lambda_function.orders.function_name
  principal     = "s3.amazonaws.com"
  source_arn    = aws_s3_bucket.orders.arn
}

resource "aws_cloudwatch_metric_alarm" "errors" {
  alarm_name          = "errors-api"
  namespace           = "AWS/Lambda"
  metric_name         = "Errors"
  dimensions          = { FunctionName = aws_lambda_function.orders.function_name }
  statistic           = "Sum"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  period              = 60
  evaluation_periods  = 1
}

output "name" {
  value = aws_lambda_function.orders.function_name
}

variable "checked" {
  default = 1

  validation {
    condition     = var.checked > 0
    error_message = "must be positive"
  }
}

locals {
  mistaken = local.nothing
}

resource "aws_sqs_queue" "counted" {
  count = 1
}
