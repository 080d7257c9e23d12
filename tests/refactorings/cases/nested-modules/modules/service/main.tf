variable "role" {
  type = string
}

variable "log_group" {
  type = string
}

variable "api" {
  type = object({
    timeout     = number
    memory_size = optional(number, 512)
    threshold   = optional(number, 7)
    variables   = map(string)
  })
}

module "api" {
  source = "../function"

  app             = "api"
  role            = var.role
  log_group       = var.log_group
  timeout         = var.api.timeout
  memory_size     = var.api.memory_size
  variables       = var.api.variables
  error_threshold = var.api.threshold
}

module "worker" {
  source = "../function"

  app         = "worker"
  role        = var.role
  log_group   = var.log_group
  timeout     = 300
  memory_size = 1024
  variables   = { LOG_LEVEL = "INFO", APP_NAME = "worker" }
}
