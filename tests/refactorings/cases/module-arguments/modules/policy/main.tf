variable "role" {
  type = string
}

variable "buckets" {
  type = set(string)
}

variable "actions" {
  type = list(string)
}

variable "log_group" {
  type = string
}

resource "aws_iam_role_policy" "this" {
  name = "execution"
  role = var.role

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect   = "Allow"
        Action   = var.actions
        Resource = formatlist("arn:aws:s3:::%s/*", var.buckets)
      },
      {
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Resource = "${var.log_group}:*"
      },
    ]
  })
}
