variable "functions" {
  type = map(object({
    timeout         = number
    memory_size     = number
    log_level       = string
    name_variable   = string
    error_threshold = number
  }))
  default = {
    api = {
      timeout         = 75
      memory_size     = 512
      log_level       = "DEBUG"
      name_variable   = "APP_NAMES"
      error_threshold = 7
    }
    worker = {
      timeout         = 300
      memory_size     = 1024
      log_level       = "INFO"
      name_variable   = "APP_NAME"
      error_threshold = 0
    }
  }
}

resource "aws_lambda_function" "this" {
  for_each = var.functions

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
