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

resource "aws_iam_policy" "objects" {
  name   = "objects"
  policy = file("${path.module}/policies/objects.json")
}

resource "aws_iam_role_policy_attachment" "objects" {
  role       = aws_iam_role.execution.name
  policy_arn = aws_iam_policy.objects.arn
}

resource "aws_iam_policy" "logs" {
  name   = "logs"
  policy = jsonencode(yamldecode(file("policies/logs.yaml")))
}

resource "aws_iam_role_policy_attachment" "logs" {
  role       = aws_iam_role.execution.name
  policy_arn = aws_iam_policy.logs.arn
}
