variable "environment" {
  default = "production"
}

locals {
  is_production = var.environment == "production"

  timeout           = local.is_production ? 75 : 900
  memory_size       = !local.is_production ? 128 : 512
  log_level         = var.environment != "production" ? "TRACE" : "DEBUG"
  error_threshold   = local.is_production && true ? 7 : 100
  retention_in_days = coalesce(local.is_production ? null : 1, 14)
  buckets           = local.is_production ? ["orders-data", "orders-ledger"] : ["orders-data"]
  object_actions    = try(local.actions[var.environment], ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"])
  actions           = { tests = ["s3:GetObject"] }
  name_variable     = contains(["production", "staging"], var.environment) ? "APP_NAMES" : "NAME"
}
