locals {
  function = "ferryline-${var.stage}-${var.name}"

  tags = {
    service       = var.name
    stage         = var.stage
    owner         = var.settings.owner
    costcentre    = var.cost_centres[var.settings.owner]
  }
}

resource "aws_lambda_function" "this" {
  function_name = local.function
  role          = aws_iam_role.this.arn
  runtime       = "nodejs22.x"
  handler       = "index.handler"
  s3_bucket     = "ferryline-releases"
  s3_key        = "${var.name}/initial.zip"

  timeout                        = var.settings.runtime_ms / 1000
  memory_size                    = var.settings.memory_gib * 1024
  reserved_concurrent_executions = var.settings.concurrency

  environment {
    variables = {
      STAGE            = var.stage
      SERVICE          = var.name
      DOCUMENTS_BUCKET = "ferryline-${var.stage}-documents"
    }
  }

  dynamic "dead_letter_config" {
    for_each = aws_sqs_queue.failed[*].arn
    content {
      target_arn = dead_letter_config.value
    }
  }

  tags       = local.tags
  depends_on = [aws_cloudwatch_log_group.this]
}

resource "aws_cloudwatch_log_group" "this" {
  name              = "/aws/lambda/${local.function}"
  retention_in_days = var.log_days
  tags              = local.tags
}

resource "aws_sqs_queue" "failed" {
  count = var.settings.keep_failed_events ? 1 : 0

  name                      = "${local.function}-failed"
  message_retention_seconds = 1209600
  tags                      = local.tags
}
