# What this repository is held to. The figures are not repeated here: they are read out of the page that
# people already keep, so a finding can point at the line of code and at the line of the page.

locals {
  page = document("infrastructure/LAMBDA_DEPLOYMENT.md")

  # A table is found by the heading above it; a row is a map from column to cell, as written in the page.
  function_table = local.page.tables["Lambda Functions"]
  action_table   = local.page.tables["Execution Role"]
  input_table    = local.page.tables["Deploying by Hand"]
  output_table   = local.page.tables["Outputs"]

  # Prose can be read as well. Should the page stop saying "83% of timeout", the pattern finds nothing and
  # trysquare stops with an error here, instead of going on with an old figure.
  alarm_text    = local.page.sections["CloudWatch Alarms"].text
  workflow_text = local.page.sections["Deploy Workflow"].text
  log_text      = local.page.sections["Logs"].text
  image_text    = local.page.sections["Images"].text
  function_text = local.page.sections["Lambda Functions"].text
}

# The root module under test. Without this block, every directory with a provider or a backend is one.
terraform "infrastructure" {
  var_files = []
  variables = {}
}

standard {
  # Every function in the table, by its name. "5min" becomes 300 seconds, "256MB" becomes 256.
  functions = {
    for row in local.function_table :
    trim(row["Function Name"], "`") => {
      app          = trimprefix(trim(row["Function Name"], "`"), "hoopstat-haus-")
      timeout      = duration(row["Timeout"])
      memory       = megabytes(row["Memory"])
      log_group    = trim(row["Log Group"], "`")
      package_type = regex("package type `(\\w+)`", local.function_text)[0]
    }
  }

  # Every function has these three alarms. {app} stands for the function's app above.
  alarms = {
    errors    = { name = "lambda-errors-{app}", threshold = 0 }
    duration  = { name = "lambda-duration-{app}", ratio = regex("(\\d+)% of timeout", local.alarm_text)[0] / 100 }
    throttles = { name = "lambda-throttles-{app}", threshold = 0 }
  }

  # Required on every function.
  environment = { LOG_LEVEL = "INFO", APP_NAME = "{app}" }
  logging     = { format = "JSON", retention_days = tonumber(regex("(\\d+) days", local.log_text)[0]) }

  # The deploy workflow owns the image, so Terraform must look away.
  image = { tag = "{app}-*", ignore_changes = ["image_uri"] }
  ecr = {
    scan_on_push     = can(regex("ECR scans each image", local.image_text))
    lifecycle_policy = can(regex("a lifecycle policy removes old ones", local.image_text))
  }

  iam = {
    role = "hoopstat-haus-lambda-execution"
    buckets = {
      "hoopstat-haus-bronze" = "readwrite"
      "hoopstat-haus-silver" = "readwrite"
      "hoopstat-haus-gold"   = "readwrite"
    }
    # All that the role may do: each service:Action in the table's second column.
    actions = flatten([for row in local.action_table : regexall("[a-z0-9]+:[A-Za-z]+", row["Actions"])])
  }

  # The variable that holds the figures, and what the root module hands on.
  variables = { functions = regex("variable `(\\w+)`", local.function_text)[0] }
  outputs   = [for row in local.output_table : trim(row["Output"], "`")]

  deploy = {
    workflow = ".github/workflows/deploy.yml"
    auth     = "oidc"
    inputs   = [for row in local.input_table : trim(row["Input"], "`")]
    steps    = ["detect-changes", "verify-image", "update-function", "health-check", "wait-active"]
  }

  # Every job sets timeout-minutes, and to no more than this.
  workflows = { timeout_minutes = tonumber(regex("(\\d+) minutes", local.workflow_text)[0]) }
}

# A rule can be softened or switched off: error, warning, note or off.
#
# rule "alarm-duration-threshold" {
#   severity = "warning"
# }

# A known exception is written down with its reason, and comes back when its date has passed.
#
# ignore {
#   rule    = "iam-wildcard-resource"
#   address = "aws_iam_role_policy.legacy"
#   reason  = "Goes away with the old importer"
#   until   = "2027-01-31"
# }
