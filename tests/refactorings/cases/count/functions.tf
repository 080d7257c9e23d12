locals {
  functions = [
    { app = "worker", timeout = 300, memory_size = 1024, variables = { LOG_LEVEL = "INFO", APP_NAME = "worker" } },
    { app = "api", timeout = 75, memory_size = 512, variables = { LOG_LEVEL = "DEBUG", APP_NAMES = "api" } },
  ]
}

resource "aws_lambda_function" "this" {
  count = length(local.functions)

  function_name = "orders-${local.functions[count.index].app}"
  role          = aws_iam_role.execution.arn
  package_type  = "Image"
  image_uri     = "registry.example.com/orders:${local.functions[count.index].app}"

  timeout     = local.functions[count.index].timeout
  memory_size = local.functions[count.index]["memory_size"]

  environment {
    variables = element(local.functions[*].variables, count.index)
  }

  logging_config {
    log_format = "JSON"
    log_group  = aws_cloudwatch_log_group.apps[0].name
  }
}
