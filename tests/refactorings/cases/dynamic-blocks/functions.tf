locals {
  functions = {
    api = {
      timeout     = 75
      memory_size = 512
      environment = [{ LOG_LEVEL = "DEBUG", APP_NAMES = "api" }]
    }
    worker = {
      timeout     = 300
      memory_size = 1024
      environment = [{ LOG_LEVEL = "INFO", APP_NAME = "worker" }]
    }
  }
}

resource "aws_lambda_function" "this" {
  for_each = local.functions

  function_name = "orders-${each.key}"
  role          = aws_iam_role.execution.arn
  package_type  = "Image"
  image_uri     = "registry.example.com/orders:${each.key}"

  timeout     = each.value.timeout
  memory_size = each.value.memory_size

  dynamic "environment" {
    for_each = each.value.environment

    content {
      variables = environment.value
    }
  }

  dynamic "logging_config" {
    for_each = [aws_cloudwatch_log_group.apps.name]
    iterator = group

    content {
      log_format = "JSON"
      log_group  = group.value
    }
  }
}
