resource "aws_lambda_function" "api" {
  function_name = "orders-api"
  role          = aws_iam_role.execution.arn
  package_type  = "Image"
  image_uri     = "registry.example.com/orders:api"

  timeout     = local.timeout
  memory_size = local.memory_size

  environment {
    variables = {
      LOG_LEVEL             = local.log_level
      (local.name_variable) = "api"
    }
  }

  logging_config {
    log_format = "JSON"
    log_group  = aws_cloudwatch_log_group.apps.name
  }
}

resource "aws_lambda_function" "worker" {
  function_name = "orders-worker"
  role          = aws_iam_role.execution.arn
  package_type  = "Image"
  image_uri     = "registry.example.com/orders:worker"

  timeout     = 300
  memory_size = 1024

  environment {
    variables = {
      LOG_LEVEL = "INFO"
      APP_NAME  = "worker"
    }
  }

  logging_config {
    log_format = "JSON"
    log_group  = aws_cloudwatch_log_group.apps.name
  }
}
