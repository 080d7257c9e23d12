# Holds this repository against README.md. Every figure is read from there.

locals {
  page   = document("README.md")
  stages = { for row in local.page.tables["Stages"] : row["Stage"] => row }

  alarm_text   = local.page.sections["When something is wrong"].text
  release_text = local.page.sections["Getting a version out"].text

  # Each service in each stage is a function.
  functions = flatten([
    for stage in keys(local.stages) : [
      for row in local.page.tables["Services"] : merge(row, { stage = stage, name = "ferryline-${stage}-${row["Service"]}" })
    ]
  ])
}

terraform "infra/staging" {
  var_files = ["stage.tfvars"]
}

terraform "infra/production" {
  var_files = ["stage.tfvars"]
}

standard {
  functions = {
    for function in local.functions : function.name => {
      app          = function["Service"]
      timeout      = duration(function["It may take"])
      memory       = megabytes(function["RAM"])
      package_type = regex("packed as `(\\w+)`", local.page.sections["Services"].text)[0]
      log_group    = "/aws/lambda/${function.name}"
      environment  = { STAGE = function.stage, SERVICE = function["Service"] }

      # What the rules in policies/ ask for.
      custom = {
        concurrency = tonumber(function["At once"])
        dead_letter = strcontains(function["Failed events"], "kept") ? "${function.name}-failed" : null
      }
    }
  }

  # "at the 4th failure": three are put up with. {name} is the function's name.
  alarms = {
    errors = {
      name      = replace(regex("`([^`]+)` at the \\d+th failure", local.alarm_text)[0], "<function>", "{name}")
      threshold = regex("at the (\\d+)th failure", local.alarm_text)[0] - 1
    }
    duration = {
      name      = replace(regex("`([^`]+)` once one call", local.alarm_text)[0], "<function>", "{name}")
      ratio     = regex("\\((\\d+) %\\)", local.alarm_text)[0] / 100
      statistic = regex("one call in twenty \\(`(\\w+)`\\)", local.alarm_text)[0]
    }
    throttles = {
      name      = replace(regex("`([^`]+)` at the \\d+st call", local.alarm_text)[0], "<function>", "{name}")
      threshold = regex("at the (\\d+)st call", local.alarm_text)[0] - 1
    }
  }

  log_groups = {
    for function in local.functions : "/aws/lambda/${function.name}" => {
      retention_days = duration(local.stages[function.stage]["Logs stay for"]) / duration("1 day")
    }
  }

  image = { ignore_changes = regex("ignores changes of `(\\w+)`", local.release_text) }

  iam = {
    buckets = merge([
      for stage in keys(local.stages) : {
        for row in local.page.tables["What services may touch"] :
        replace(trim(row["Bucket"], "`"), "<stage>", stage) => (
          strcontains(row["In it, services may"], "write") ? "readwrite" : "read"
        )
      }
    ]...)
  }

  deploy = {
    workflow   = ".github/workflows/${regex("The workflow `([^`]+)`", local.release_text)[0]}"
    auth       = lower(regex("who it is by (\\w+)", local.release_text)[0])
    repository = regex("for the repository `([^`]+)`", local.release_text)[0]
    inputs     = regex("starts it with the\\s+`(\\w+)`, the `(\\w+)` and the `(\\w+)`", local.release_text)
    steps      = regex("it runs `([^`]+)`, then\\s+`([^`]+)`, then `([^`]+)`", local.release_text)
  }

  workflows = { timeout_minutes = duration(regex("within (\\d+ minutes)", local.release_text)[0]) / 60 }

  custom = { tags = flatten(regexall("`([a-z-]+)`", regex("the tags ([^.]+)\\.", local.alarm_text)[0])) }
}

# Rules of our own, each a page with its reason and its examples.
packs = ["policies"]
