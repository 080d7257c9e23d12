log_days = 7

cost_centres = {
  pricing  = "4100"
  check-in = "4200"
  finance  = "9000"
}
