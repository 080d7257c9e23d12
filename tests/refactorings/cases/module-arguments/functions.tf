module "api" {
  source = "./modules/function"

  app             = "api"
  role            = aws_iam_role.execution.arn
  log_group       = module.logs.group
  timeout         = 75
  memory_size     = 512
  variables       = { LOG_LEVEL = "DEBUG", APP_NAMES = "api" }
  error_threshold = 7
}

module "worker" {
  source = "./modules/function"

  app         = "worker"
  role        = aws_iam_role.execution.arn
  log_group   = module.logs.group
  timeout     = 300
  memory_size = 1024
  variables   = { LOG_LEVEL = "INFO", APP_NAME = "worker" }
}
