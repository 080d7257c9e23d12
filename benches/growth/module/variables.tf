variable "service" {
  description = "Name of the service"
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]*$", var.service))
    error_message = "Lower-case letters, digits and hyphens only."
  }
}

variable "functions" {
  description = "The service's functions"
  type = map(object({
    timeout     = number
    memory_size = optional(number)
    environment = optional(map(string), {})
  }))
}

variable "upstream" {
  description = "ARN of what the service works on, if there is any"
  type        = string
  default     = null
}

variable "log_level" {
  description = "Log level of the functions"
  type        = string
  default     = "INFO"
}

variable "log_retention_days" {
  description = "Days that log events are kept"
  type        = number
  default     = 30
}

variable "tags" {
  description = "Tags of everything"
  type        = map(string)
  default     = {}
}
