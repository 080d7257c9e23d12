module "settings" {
  source = "./modules/settings"
}

locals {
  timeout           = module.settings.functions.api.timeout
  memory_size       = module.settings.functions["api"].memory_size
  log_level         = module.settings.log_level
  error_threshold   = module.settings.thresholds[0]
  retention_in_days = module.settings.retention_in_days
  buckets           = module.settings.buckets
  object_actions    = module.settings.object_actions
  name_variable     = module.settings.name_variable
}
