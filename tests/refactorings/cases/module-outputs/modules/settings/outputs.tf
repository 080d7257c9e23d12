output "functions" {
  value = {
    api = { timeout = 75, memory_size = 512 }
  }
}

output "log_level" {
  value = local.log_level
}

output "thresholds" {
  value = [7]
}

output "retention_in_days" {
  value = 14
}

output "buckets" {
  value = toset(["orders-data", "orders-ledger"])
}

output "object_actions" {
  value = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"]
}

output "name_variable" {
  value = "APP_NAMES"
}

locals {
  log_level = "DEBUG"
}
