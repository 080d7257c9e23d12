# The role that releases assume. Both stages share it: GitHub's environments keep them apart.

data "aws_iam_openid_connect_provider" "github" {
  url = "https://token.actions.githubusercontent.com"
}

data "aws_iam_policy_document" "release_trust" {
  statement {
    actions = ["sts:AssumeRoleWithWebIdentity"]
    principals {
      type        = "Federated"
      identifiers = [data.aws_iam_openid_connect_provider.github.arn]
    }
    condition {
      test     = "StringEquals"
      variable = "token.actions.githubusercontent.com:aud"
      values   = ["sts.amazonaws.com"]
    }
    condition {
      test     = "StringLike"
      variable = "token.actions.githubusercontent.com:sub"
      values   = ["repo:ferryline/platform:environment:*"]
    }
  }
}

resource "aws_iam_role" "release" {
  name               = "ferryline-release"
  assume_role_policy = data.aws_iam_policy_document.release_trust.json
}

resource "aws_iam_role_policy" "release" {
  role = aws_iam_role.release.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["lambda:UpdateFunctionCode", "lambda:GetFunction", "lambda:GetFunctionConfiguration", "lambda:InvokeFunction"]
      Resource = "arn:aws:lambda:eu-north-1:*:function:ferryline-*"
      }, {
      Effect   = "Allow"
      Action   = "s3:GetObject"
      Resource = "arn:aws:s3:::ferryline-releases/*"
    }]
  })
}
