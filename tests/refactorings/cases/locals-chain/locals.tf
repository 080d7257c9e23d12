locals {
  defaults = {
    timeout     = 30
    memory_size = 256
    log_level   = "INFO"
  }

  overrides = {
    timeout     = 75
    memory_size = 512
    log_level   = "DEBUG"
  }

  config = merge(local.defaults, local.overrides, { error_threshold = 7 })

  timeout         = local.config.timeout
  memory_size     = local.config["memory_size"]
  log_level       = lookup(local.config, "log_level", "INFO")
  error_threshold = local.config.error_threshold

  logs              = { keep = { days = 14 } }
  retention_in_days = local.logs.keep.days

  documented_buckets = ["orders-data"]
  buckets            = concat(local.documented_buckets, ["orders-ledger"])

  object_actions = distinct(flatten([["s3:GetObject", "s3:PutObject"], [["s3:DeleteObject", "s3:GetObject"]]]))

  names         = ["LOG_LEVEL", "APP_NAMES"]
  name_variable = local.names[1]
}
