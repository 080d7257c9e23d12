locals {
  tags = {
    Project     = var.project
    Environment = var.environment
    ManagedBy   = "terraform"
  }

  medallion_layers = toset(["bronze", "silver", "gold"])

  # What every function is given, whatever it does.
  common_environment = {
    LOG_LEVEL = var.log_level
  }
}
