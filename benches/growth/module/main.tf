resource "aws_lambda_function" "this" {
  for_each = local.functions

  function_name = "${var.service}-${each.key}"
  role          = aws_iam_role.execution.arn
  package_type  = "Image"
  image_uri     = "${aws_ecr_repository.this.repository_url}:${each.key}-latest"

  timeout     = each.value.timeout
  memory_size = each.value.memory_size

  environment {
    variables = merge(local.environment, { APP_NAME = "${var.service}-${each.key}" }, each.value.environment)
  }

  logging_config {
    log_format = "JSON"
    log_group  = aws_cloudwatch_log_group.this.name
  }

  lifecycle {
    ignore_changes = [image_uri]
  }

  tags = local.tags
}
