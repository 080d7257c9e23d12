variable "name" {
  description = "The service, such as fares"
  type        = string
}

variable "stage" {
  type = string
}

variable "settings" {
  description = "The service's entry in services.yaml"
  type = object({
    owner              = string
    runtime_ms         = number
    memory_gib         = number
    concurrency        = number
    keep_failed_events = optional(bool, false)
  })
}

variable "log_days" {
  type = number
}

variable "slow_share" {
  description = "The part of its time that a call may take before somebody is called"
  type        = number
  default     = 0.75
}

variable "cost_centres" {
  type = map(string)
}
