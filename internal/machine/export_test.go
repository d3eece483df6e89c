package machine

// Told lists the codes that there are sentences for.
func Told() []string {
	var codes []string
	for kind := range lapses {
		codes = append(codes, string(kind))
	}
	for kind := range effects {
		codes = append(codes, string(kind))
	}
	return codes
}
