standard {
  functions = {
    for row in document("lambda.md").tables["Functions"] :
    trim(row["Function"], "`") => {
      timeout = duration(row["Timeout"])
      memory  = megabytes(row["Memory"])
    }
  }
  iam = {
    role    = "functions"
    buckets = { orders-data = "read" }
  }
}
