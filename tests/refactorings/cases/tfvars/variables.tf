variable "timeout" {
  type = number
}

variable "memory_size" {
  type = number
}

variable "log_level" {
  type = string
}

variable "error_threshold" {}

variable "retention_in_days" {
  type = number
}

variable "buckets" {
  type = list(string)
}

variable "object_actions" {
  type = list(string)
}

variable "name_variable" {
  type = string
}
