variable "timeout" {
  type    = number
  default = 75
}

variable "memory_size" {
  type    = number
  default = 512
}

variable "log_level" {
  type    = string
  default = "DEBUG"
}

variable "error_threshold" {
  default = 7
}

variable "retention_in_days" {
  type    = number
  default = 14
}

variable "buckets" {
  type    = list(string)
  default = ["orders-data", "orders-ledger"]
}

variable "object_actions" {
  type    = list(string)
  default = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"]
}

variable "name_variable" {
  type    = string
  default = "APP_NAMES"
}
