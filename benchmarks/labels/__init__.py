"""Wrong labels: planted ones that are found, and models fitted without the suspects."""
