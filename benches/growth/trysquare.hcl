locals {
  page = document("SERVICES.md")
}

standard {
  functions = {
    for row in local.page.tables["Functions"] :
    row["Function"] => {
      timeout   = duration(row["Timeout"])
      memory    = megabytes(row["Memory"])
      log_group = row["Log group"]
    }
  }

  environment = { LOG_LEVEL = "INFO", APP_NAME = "{app}" }
  logging     = { format = "JSON", retention_days = 30 }
  image       = { tag = "*", ignore_changes = ["image_uri"] }
  ecr         = { scan_on_push = true, lifecycle_policy = true }

  alarms = {
    errors    = { name = "errors-{app}", threshold = 0 }
    throttles = { name = "throttles-{app}", threshold = 0 }
    duration  = { name = "duration-{app}", ratio = 0.8 }
  }
}
