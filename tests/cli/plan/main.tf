variable "memory_size" {
  type = number
}

variable "bucket" {
  type    = string
  default = "orders-data"
}

data "aws_caller_identity" "current" {}

data "aws_iam_policy_document" "data" {
  statement {
    actions   = ["s3:GetObject"]
    resources = ["arn:aws:s3:::${var.bucket}/*", "arn:aws:s3:::${data.aws_caller_identity.current.account_id}-archive/*"]
  }
}

resource "aws_iam_role" "functions" {
  name = "functions"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "lambda.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role_policy" "data" {
  name   = "data"
  role   = aws_iam_role.functions.name
  policy = data.aws_iam_policy_document.data.json
}

resource "aws_lambda_function" "orders" {
  function_name = "orders-api"
  role          = aws_iam_role.functions.arn
  package_type  = "Image"
  image_uri     = "${data.aws_caller_identity.current.account_id}.dkr.ecr.eu-west-1.amazonaws.com/orders:orders-api-1"
  timeout       = 30
  memory_size   = var.memory_size
}

module "invoices" {
  source        = "terraform-aws-modules/lambda/aws"
  version       = "7.20.0"
  function_name = "invoices-api"
  timeout       = 90
}
