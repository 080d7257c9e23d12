locals {
  functions = { for row in csvdecode(file("config/functions.csv")) : row.app => row }
}

resource "aws_lambda_function" "this" {
  for_each = local.functions

  function_name = "orders-${each.key}"
  role          = aws_iam_role.execution.arn
  package_type  = "Image"
  image_uri     = "registry.example.com/orders:${each.key}"

  timeout     = each.value.timeout
  memory_size = each.value.memory_size

  environment {
    variables = {
      LOG_LEVEL                  = each.value.log_level
      (each.value.name_variable) = each.key
    }
  }

  logging_config {
    log_format = "JSON"
    log_group  = aws_cloudwatch_log_group.this["/orders/apps"].name
  }
}
