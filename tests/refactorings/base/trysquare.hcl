locals {
  page = document("docs/orders.md")
  text = local.page.sections["Orders"].text
}

standard {
  functions = {
    for row in local.page.tables["Orders"] :
    trim(row["Function"], "`") => {
      timeout   = duration(row["Timeout"])
      memory    = megabytes(row["Memory"])
      log_group = trim(row["Log group"], "`")
    }
  }

  environment = {
    LOG_LEVEL = regex("`LOG_LEVEL` \\(`(\\w+)`", local.text)[0]
    APP_NAME  = null
  }

  alarms  = { errors = { name = "{app}-errors", threshold = 0 } }
  logging = { retention_days = tonumber(regex("kept for\\s+(\\d+) days", local.text)[0]) }

  iam = {
    role    = "orders-execution"
    buckets = { orders-data = "readwrite" }
    actions = ["s3:GetObject", "s3:PutObject", "logs:CreateLogStream", "logs:PutLogEvents"]
  }
}
