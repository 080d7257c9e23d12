standard {
  functions = { a = { timeout = 30, memory = 128 }, b = {} }
  alarms = { errors = { threshold = 0 }, duration = { ratio = 0.5 }, throttles = {} }
  environment = { X = null }
  logging = {}
  image = { tag = "{app}-*" }
  iam = { buckets = {}, actions = [] }
  ecr = { scan_on_push = true, lifecycle_policy = true }
  variables = { functions = "cfg" }
  outputs = []
}
