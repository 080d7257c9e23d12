locals {
  config = jsondecode(file("config/orders.json"))

  timeout           = local.config.functions.api.timeout
  memory_size       = local.config.functions["api"].memory
  log_level         = local.config.log_level
  error_threshold   = local.config.alarms[0].threshold
  retention_in_days = local.config.retention
  buckets           = local.config.buckets
  object_actions    = local.config.actions
  name_variable     = local.config.name
}
