locals {
  nothing =
}
