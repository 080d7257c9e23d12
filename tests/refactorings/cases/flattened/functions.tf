variable "services" {
  type = list(object({
    name      = string
    functions = list(object({ app = string, timeout = optional(number, 75), memory = number, env = map(string) }))
  }))
  default = [
    { name = "empty", functions = [] },
    {
      name = "orders"
      functions = [
        { app = "worker", timeout = 300, memory = 1024, env = { LOG_LEVEL = "INFO", APP_NAME = "worker" } },
        { app = "api", memory = 512, env = { LOG_LEVEL = "DEBUG", APP_NAMES = "api" } },
      ]
    },
  ]
}

locals {
  functions = flatten([
    for service in var.services : [
      for function in service.functions : merge(function, { name = "${service.name}-${function.app}" })
    ]
  ])
}

resource "aws_lambda_function" "this" {
  for_each = { for function in local.functions : function.name => function }

  function_name = each.key
  role          = aws_iam_role.execution.arn
  package_type  = "Image"
  image_uri     = "registry.example.com/orders:${each.value.app}"

  timeout     = each.value.timeout
  memory_size = each.value.memory

  environment {
    variables = { for name, value in each.value.env : upper(name) => value }
  }

  logging_config {
    log_format = "JSON"
    log_group  = one(values(aws_cloudwatch_log_group.this)).name
  }
}
