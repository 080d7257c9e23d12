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

  inline_policy {
    name = "objects"
    policy = jsonencode({
      Version = "2012-10-17"
      Statement = [{
        Effect   = "Allow"
        Action   = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"]
        Resource = [for bucket in ["orders-data", aws_s3_bucket.ledger.id] : "arn:aws:s3:::${bucket}/*"]
      }]
    })
  }

  inline_policy {
    name   = "logs"
    policy = data.aws_iam_policy_document.logs.minified_json
  }
}

resource "aws_s3_bucket" "ledger" {
  bucket = "orders-ledger"
}

data "aws_iam_policy_document" "logs" {
  statement {
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = [for arn in [aws_cloudwatch_log_group.apps.arn] : "${arn}:*"]
  }
}
