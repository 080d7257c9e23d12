module "logs" {
  source = "./modules/logs"
  days   = 14
}
