output "function_names" {
  description = "Names of the functions, by their short names"
  value       = { for name, function in aws_lambda_function.this : name => function.function_name }
}

output "bucket_arn" {
  description = "ARN of the bucket that the service writes to"
  value       = aws_s3_bucket.data.arn
}

output "role_name" {
  description = "Name of the role that the functions run as"
  value       = aws_iam_role.execution.name
}
