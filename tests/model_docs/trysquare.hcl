standard {
  functions = {
    orders-api = {
      app          = "api"
      timeout      = 30
      memory       = 256
      log_group    = "/orders/apps"
      package_type = "Image"
    }
  }
  alarms      = { errors = { name = "errors-{app}", threshold = 0 } }
  environment = { LOG_LEVEL = "INFO" }
  logging     = { format = "JSON", retention_days = 30 }
  image       = { tag = "{app}-*", ignore_changes = ["image_uri"] }
  iam = {
    role    = "orders-execution"
    buckets = { orders = "read" }
    actions = ["logs:PutLogEvents"]
  }
  deploy = {
    workflow = ".github/workflows/deploy.yml"
    steps    = ["verify-image", "update-function"]
  }
}
