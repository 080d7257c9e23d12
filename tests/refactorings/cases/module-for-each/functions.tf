locals {
  functions = {
    api = {
      timeout         = 75
      memory_size     = 512
      variables       = { LOG_LEVEL = "DEBUG", APP_NAMES = "api" }
      error_threshold = 7
    }
    worker = {
      timeout         = 300
      memory_size     = 1024
      variables       = { LOG_LEVEL = "INFO", APP_NAME = "worker" }
      error_threshold = 0
    }
  }
}

module "function" {
  source   = "./modules/function"
  for_each = local.functions

  app             = each.key
  role            = aws_iam_role.execution.arn
  log_group       = module.logs.group
  timeout         = each.value.timeout
  memory_size     = each.value.memory_size
  variables       = each.value.variables
  error_threshold = each.value.error_threshold
}
