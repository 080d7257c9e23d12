variable "project" {
  description = "Prefix of every name"
  type        = string
  default     = "hoopstat-haus"
}

variable "environment" {
  description = "Environment that is deployed to"
  type        = string
  default     = "prod"
}

variable "aws_region" {
  description = "AWS region of all resources"
  type        = string
  default     = "us-east-1"
}

variable "github_repository" {
  description = "GitHub repository whose deploy workflow may assume the deploy role, as owner/name"
  type        = string
  default     = "hoopstat-haus/hoopstat-haus"
}

variable "log_level" {
  description = "Log level of the applications"
  type        = string
  default     = "INFO"

  validation {
    condition     = contains(["DEBUG", "INFO", "WARNING", "ERROR"], var.log_level)
    error_message = "The log level must be DEBUG, INFO, WARNING or ERROR."
  }
}

variable "log_retention_days" {
  description = "Days that log events are kept"
  type        = number
  default     = 30
}

variable "alarm_topic_arns" {
  description = "SNS topics that hear of alarms"
  type        = list(string)
  default     = []
}

variable "lambda_config" {
  description = "Timeout in seconds and memory in MB of each Lambda function"
  type = object({
    bronze_ingestion = object({
      timeout     = number
      memory_size = number
    })
    mcp_server = object({
      timeout     = number
      memory_size = number
    })
  })
  default = {
    bronze_ingestion = {
      timeout     = 300
      memory_size = 256
    }
    mcp_server = {
      timeout     = 30
      memory_size = 512
    }
  }
}
