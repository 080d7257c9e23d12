module "service" {
  source = "./modules/service"

  role      = aws_iam_role.execution.arn
  log_group = module.logs.group
  api       = { timeout = 75, variables = { LOG_LEVEL = "DEBUG", APP_NAMES = "api" } }
}
