timeout     = 30
memory_size = 256
log_level   = "INFO"
