resource "aws_cloudwatch_log_group" "this" {
  for_each = { for row in csvdecode(file("config/logs.csv")) : row.group => row.days }

  name              = each.key
  retention_in_days = each.value
}
