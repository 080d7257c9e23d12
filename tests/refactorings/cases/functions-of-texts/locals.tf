locals {
  timeout           = "75"
  memory_size       = tonumber("512")
  log_level         = format("%s", "DEBUG")
  error_threshold   = max(0, parseint("7", 10))
  retention_in_days = tostring(14)
  buckets           = split(",", "orders-data,orders-ledger")
  object_actions    = formatlist("s3:%s", sort(["PutObject", "GetObject", "DeleteObject"]))
  name_variable     = replace("APP_NAMES", "-", "_")
}
