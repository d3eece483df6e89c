package store

// textArray is a list as one parameter, an array to PostgreSQL. GORM spells out
// slices, one parameter each, and leaves pointers to the driver.
func textArray(values []string) any { return &values }
