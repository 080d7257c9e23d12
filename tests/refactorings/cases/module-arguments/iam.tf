resource "aws_iam_role" "execution" {
  name = "orders-execution"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "lambda.amazonaws.com" }
    }]
  })
}

module "policy" {
  source = "./modules/policy"

  role      = aws_iam_role.execution.name
  buckets   = ["orders-data", "orders-ledger"]
  actions   = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"]
  log_group = module.logs.arn
}
