resource "aws_lambda_function" "api" {
  timeout     = 75
  memory_size = 512

  environment {
    variables = {
      LOG_LEVEL = "DEBUG"
      APP_NAMES = "api"
    }
  }
}
