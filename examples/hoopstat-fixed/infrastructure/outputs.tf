output "lambda_function_names" {
  description = "Function name of each application"
  value = {
    bronze-ingestion = aws_lambda_function.bronze_ingestion.function_name
    mcp-server       = aws_lambda_function.mcp_server.function_name
  }
}

output "lambda_function_arns" {
  description = "Function ARN of each application"
  value = {
    bronze-ingestion = aws_lambda_function.bronze_ingestion.arn
    mcp-server       = aws_lambda_function.mcp_server.arn
  }
}

output "lambda_execution_role_arn" {
  description = "Role that the functions run as"
  value       = aws_iam_role.lambda_execution.arn
}

output "github_deploy_role_arn" {
  description = "Role that the deploy workflow assumes; set it as AWS_DEPLOY_ROLE_ARN in the GitHub environment"
  value       = aws_iam_role.github_deploy.arn
}

output "ecr_repository_url" {
  description = "Where images are pushed to"
  value       = aws_ecr_repository.main.repository_url
}

output "bucket_names" {
  description = "Bucket of each layer"
  value       = { for layer, bucket in aws_s3_bucket.medallion : layer => bucket.bucket }
}
