terraform {
  required_version = ">= 1.9"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.0"
    }
  }
  backend "s3" {
    bucket = "ferryline-terraform"
    key    = "production.tfstate"
    region = "eu-north-1"
  }
}

provider "aws" {
  region = "eu-north-1"
}

locals {
  services = yamldecode(file("${path.module}/../../services.yaml")).services
}

variable "log_days" {
  type = number
}

variable "cost_centres" {
  type = map(string)
}

module "service" {
  source   = "../modules/service"
  for_each = local.services

  name         = each.key
  stage        = "production"
  settings     = each.value
  log_days     = var.log_days
  cost_centres = var.cost_centres
  slow_share   = 0.9
}

resource "aws_s3_bucket" "data" {
  for_each = toset(["documents", "tariffs"])
  bucket   = "ferryline-production-${each.key}"
}
