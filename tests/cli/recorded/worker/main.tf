variable "subnet" {
  type = string
}

variable "count_of" {
  type = number
}

resource "terraform_data" "worker" {
  count = var.count_of
  input = { subnet = var.subnet, index = count.index, previous = [] }
}

resource "terraform_data" "last" {
  input            = "${var.subnet}/${terraform_data.worker[var.count_of - 1].id}"
  triggers_replace = terraform_data.worker[*].input.index
}

output "names" {
  value = [for worker in terraform_data.worker : worker.input.subnet]
}
