locals {
  files = fileset("${path.module}/config", "*.yaml")

  functions = {
    for name in local.files : trimsuffix(basename(name), ".yaml") => yamldecode(file("${path.module}/config/${name}"))
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
