//! A valid file with something of everything, for changing at random.

pub const SAMPLE: &str = r#"# A comment with "quotes" and { brackets
terraform {
  required_version = ">= 1.5" // why
  backend "s3" {}
}

variable "settings" {
  type = map(object({
    timeout = number
    memory  = optional(number, 128)
  }))
  default = {
    orders = { timeout = 30, memory = 256 }
    "api-é" : { timeout = -1.5e2 }
    (local.key) = null
  }
  validation {
    condition     = alltrue([for name, s in var.settings : s.timeout > 0 && s.timeout <= 900])
    error_message = "A timeout is between 1 and 900, not ${join(", ", values(var.settings)[*].timeout)}."
  }
}

locals {
  total = (
    1 + 2 * 3
    - (true ? 4 : 5) % 6
  )
  names  = { for k, v in var.settings : upper(k) => v... if !v.off || k != "x" }
  first  = aws_instance.a.0.id
  every  = aws_instance.a.*.tags["Name"]
  merged = merge(local.defaults, var.list...)
}

resource "aws_iam_policy" "p" {
  name = "\"x\"\t$${not} %%{this} \u00e9"
  policy = <<-EOT
    {
      "Version": "2012-10-17",
      %{ for s in var.statements ~}
      "Resource": "${s.arn}/*"%{ if s.more },%{ else }.%{ endif }
      %{~ endfor }
    }
  EOT
  tags = {
    "a" = 1, b = 2
    c   = <<EOT
plain
EOT
  }

  lifecycle { ignore_changes = [image_uri] }
}

module "m" {
  source    = "./m"
  providers = { aws = aws.west }
  value     = provider::x::y(1, [2, 3,], { a = [4] }).b[0][1 + 1]
}

/* at the
   end */
output "o" {
  value = module.m.out
}
"#;
