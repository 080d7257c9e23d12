resource "aws_lambda_function" "bronze_ingestion" {
  function_name = "hoopstat-haus-bronze-ingestion"
  description   = "Loads raw data into the bronze layer"
  role          = aws_iam_role.lambda_execution.arn

  package_type = "Image"
  image_uri    = "${aws_ecr_repository.main.repository_url}:bronze-ingestion-latest"

  timeout     = var.lambda_config.bronze_ingestion.timeout
  memory_size = var.lambda_config.bronze_ingestion.memory_size

  environment {
    variables = {
      LOG_LEVEL     = var.log_level
      APP_NAME      = "bronze-ingestion"
      BRONZE_BUCKET = aws_s3_bucket.medallion["bronze"].bucket
    }
  }

  logging_config {
    log_format = "JSON"
    log_group  = aws_cloudwatch_log_group.data_pipeline.name
  }
}

resource "aws_lambda_function" "mcp_server" {
  function_name = "${var.project}-mcp-server"
  description   = "Answers MCP requests"
  role          = aws_iam_role.lambda_execution.arn

  package_type = "Image"
  image_uri    = "${aws_ecr_repository.main.repository_url}:mcp-server-latest"

  timeout     = var.lambda_config.mcp_server.timeout
  memory_size = var.lambda_config.mcp_server.memory_size

  environment {
    variables = merge(local.common_environment, {
      APP_NAME      = "mcp-server"
      SILVER_BUCKET = aws_s3_bucket.medallion["silver"].bucket
      GOLD_BUCKET   = aws_s3_bucket.medallion["gold"].bucket
    })
  }

  logging_config {
    log_format = "JSON"
    log_group  = aws_cloudwatch_log_group.applications.name
  }

  # The deploy workflow decides which image runs.
  lifecycle {
    ignore_changes = [image_uri]
  }
}
