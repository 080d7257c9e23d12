timeout           = 75
memory_size       = 512
log_level         = "DEBUG"
error_threshold   = 7
retention_in_days = 14
buckets           = ["orders-data", "orders-ledger"]
object_actions    = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"]
name_variable     = "APP_NAMES"
