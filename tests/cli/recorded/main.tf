variable "names" {
  type = set(string)
}

variable "size" {
  type = object({
    memory  = number
    timeout = optional(number, 3)
  })
}

variable "token" {
  type      = string
  sensitive = true
  default   = "hush"
}

data "terraform_remote_state" "network" {
  backend = "local"
  config  = { path = "network.tfstate" }
}

locals {
  subnets = data.terraform_remote_state.network.outputs.subnets
}

resource "terraform_data" "function" {
  for_each = var.names
  input = {
    name    = "api-${each.key}"
    memory  = var.size.memory
    timeout = var.size.timeout
    subnets = local.subnets
  }
}

resource "terraform_data" "subnet" {
  for_each         = toset(local.subnets)
  input            = [each.key, var.token, terraform_data.function["a"].id]
  triggers_replace = { size = var.size }
}

resource "terraform_data" "spare" {
  count = data.terraform_remote_state.network.outputs.spares
}

resource "terraform_data" "url" {
  input            = "https://${terraform_data.new.id}.example.com:${var.size.memory}"
  triggers_replace = null
}

resource "terraform_data" "new" {
  input = sensitive({ token = var.token, size = 1e3 })
}

resource "terraform_data" "pinned" {
  input = length(var.names)
  lifecycle {
    ignore_changes = [input]
  }
}

resource "terraform_data" "tried" {
  input            = try(var.size.disk, "none")
  triggers_replace = [for index in [1, 2] : index * 2]
}

module "worker" {
  source   = "./worker"
  for_each = toset(local.subnets)
  subnet   = each.key
  count_of = data.terraform_remote_state.network.outputs.spares + 2
}

output "subnets" {
  value = local.subnets
}

output "workers" {
  value = { for name, worker in module.worker : name => worker.names }
}

output "url" {
  value = terraform_data.url.output
}
