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

data "aws_iam_policy_document" "objects" {
  statement {
    actions   = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"]
    resources = ["arn:aws:s3:::orders-data/*"]
  }
}

data "aws_iam_policy_document" "execution" {
  source_policy_documents = [
    data.aws_iam_policy_document.objects.json,
    jsonencode({
      Statement = { Sid = "Ledger", Effect = "Allow", Action = "s3:*", Resource = "*" }
    }),
  ]

  override_policy_documents = [
    jsonencode({
      Statement = { Sid = "Ledger", Effect = "Allow", Action = "s3:PutObject", Resource = "arn:aws:s3:::orders-ledger/*" }
    }),
  ]

  statement {
    sid       = "Logs"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.apps.arn}:*"]
  }
}

resource "aws_iam_role_policy" "execution" {
  name   = "execution"
  role   = aws_iam_role.execution.id
  policy = data.aws_iam_policy_document.execution.json
}
