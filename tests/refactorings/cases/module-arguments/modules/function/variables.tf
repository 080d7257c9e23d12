variable "app" {
  type = string
}

variable "role" {
  type = string
}

variable "log_group" {
  type = string
}

variable "timeout" {
  type    = number
  default = 30
}

variable "memory_size" {
  type    = number
  default = 128
}

variable "variables" {
  type    = map(string)
  default = {}
}

variable "error_threshold" {
  type    = number
  default = 0
}
