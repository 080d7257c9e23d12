resource "aws_cloudwatch_log_group" "data_pipeline" {
  name              = "/${var.project}/data-pipeline"
  retention_in_days = var.log_retention_days
}

resource "aws_cloudwatch_log_group" "applications" {
  name              = "/${var.project}/applications"
  retention_in_days = var.log_retention_days
}
