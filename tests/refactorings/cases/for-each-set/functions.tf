locals {
  timeouts = { api = 75, worker = 300 }
  memory   = { api = 512, worker = 1024 }

  variables = {
    api    = { LOG_LEVEL = "DEBUG", APP_NAMES = "api" }
    worker = { LOG_LEVEL = "INFO", APP_NAME = "worker" }
  }
}

resource "aws_lambda_function" "this" {
  for_each = toset(["worker", "api"])

  function_name = "orders-${each.value}"
  role          = aws_iam_role.execution.arn
  package_type  = "Image"
  image_uri     = "registry.example.com/orders:${each.value}"

  timeout     = lookup(local.timeouts, each.key, 60)
  memory_size = local.memory[each.key]

  environment {
    variables = lookup(local.variables, each.value)
  }

  logging_config {
    log_format = "JSON"
    log_group  = aws_cloudwatch_log_group.apps.name
  }
}
