provider "aws" {
  region = "eu-central-1"
}

variable "tags" {
  type    = map(string)
  default = { Team = "platform" }
}
