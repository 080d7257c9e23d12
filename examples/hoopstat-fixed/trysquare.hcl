# What this repository is held to. The figures are not repeated here: they are read out of the page that
# people already keep, so a finding can point at the line of code and at the line of the page.

locals {
  page = document("infrastructure/LAMBDA_DEPLOYMENT.md")

  # A table is found by the heading above it; a row is a map from column to cell, as written in the page.
  function_table = local.page.tables["Lambda Functions"]
  variable_table = local.page.tables["Environment Variables"]
  action_table   = local.page.tables["Execution Role"]
  output_table   = local.page.tables["Outputs"]
  input_table    = local.page.tables["Deploying by Hand"]

  # Prose can be read as well. Should the page stop saying "83% of timeout", the pattern finds nothing and
  # trysquare stops with an error here, instead of going on with an old figure.
  function_text = local.page.sections["Lambda Functions"].text
  bucket_text   = local.page.sections["Buckets"].text
  role_text     = local.page.sections["Execution Role"].text
  alarm_text    = local.page.sections["CloudWatch Alarms"].text
  log_text      = local.page.sections["Logs"].text
  image_text    = local.page.sections["Images"].text
  workflow_text = local.page.sections["Deploy Workflow"].text
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

  # Every function has these three alarms. {app} stands for the function's app above. Where 1 failure is
  # enough, 0 are tolerated.
  alarms = {
    errors = {
      name      = regex("Error Alarms\\*\\* \\(`([^`]+)`", local.alarm_text)[0]
      threshold = regex("(\\d+) failed", local.alarm_text)[0] - 1
    }
    duration = {
      name      = regex("Duration Alarms\\*\\* \\(`([^`]+)`", local.alarm_text)[0]
      ratio     = regex("(\\d+)% of timeout", local.alarm_text)[0] / 100
      statistic = regex("slowest invocation \\(`(\\w+)`\\)", local.alarm_text)[0]
    }
    throttles = {
      name      = regex("Throttle Alarms\\*\\* \\(`([^`]+)`", local.alarm_text)[0]
      threshold = regex("(\\d+) throttled", local.alarm_text)[0] - 1
    }
  }

  # Required on every function: the variables whose value stands in the table, and the application's name.
  environment = merge(
    {
      for row in local.variable_table :
      trim(row["Variable"], "`") => trim(row["Value"], "`") if startswith(row["Value"], "`")
    },
    { APP_NAME = "{app}" },
  )

  logging = {
    format         = regex("write (\\w+) logs", local.log_text)[0]
    retention_days = tonumber(regex("keep their events for (\\d+) days", local.log_text)[0])
  }

  # The deploy workflow owns the image, so Terraform must look away.
  image = {
    tag = replace(replace(
      regex("\\{ECR_REPOSITORY\\}:(\\S+)", local.image_text)[0],
      "{APP_NAME}", "{app}"), "{IMAGE_TAG}", "*"
    )
    ignore_changes = regex("ignores changes of `(\\w+)`", local.image_text)
  }

  ecr = {
    repositories     = regex("the ECR repository `([^`]+)`", local.image_text)
    scan_on_push     = can(regex("ECR scans each image\\s+when it is pushed", local.image_text))
    lifecycle_policy = can(regex("lifecycle policy removes old ones", local.image_text))
  }

  iam = {
    role    = regex("run as `([^`]+)`", local.role_text)[0]
    buckets = { for name in regexall("`(hoopstat-haus-\\w+)`", local.bucket_text) : name[0] => "readwrite" }
    # All that the role may do: each service:Action in the table's second column.
    actions = flatten([for row in local.action_table : regexall("[a-z0-9]+:[A-Za-z]+", row["Actions"])])
  }

  # The variable with an entry for each function.
  variables = { functions = regex("figures live in the variable `(\\w+)`", local.function_text)[0] }

  outputs = [for row in local.output_table : trim(row["Output"], "`")]

  deploy = {
    workflow   = regex("`([^`]+)` runs when", local.workflow_text)[0]
    auth       = lower(regex("OpenID Connect \\((\\w+)\\)", local.workflow_text)[0])
    repository = regex("the repository `([^`]+)`", local.workflow_text)[0]
    # What starts it: a change below a directory that reaches a branch, or somebody's hand.
    triggers = {
      push = {
        branches = regex("reaches `([^`]+)`", local.workflow_text)
        paths    = [for directory in regex("a change of `([^`]+)`", local.workflow_text) : "${directory}**"]
      }
      workflow_dispatch = {}
    }
    inputs = [for row in local.input_table : trim(row["Input"], "`")]
    # Choices follow a colon; the applications are held against the functions themselves.
    input_details = {
      for row in local.input_table : trim(row["Input"], "`") => {
        default = try(regex("`([^`]+)` unless you say otherwise", row["Meaning"])[0], null)
        options = try(flatten(regexall("`([^`]+)`", regex("^where to: (.*)", row["Meaning"])[0])), null)
      }
    }
    # The numbered list, in its order.
    steps = flatten(regexall("(?m)^\\d+\\. `([^`]+)`", local.workflow_text))
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
