locals {
  tags = merge(var.tags, { Service = var.service })

  environment = {
    LOG_LEVEL   = var.log_level
    DATA_BUCKET = aws_s3_bucket.data.bucket
    UPSTREAM    = var.upstream
  }

  functions = {
    for name, config in var.functions : name => {
      timeout     = config.timeout
      memory_size = coalesce(config.memory_size, local.default_memory_size)
      environment = { for key, value in config.environment : upper(key) => value }
    }
  }

  default_memory_size = 256
}
