package unionpay

// Remembered is how many certificates an adapter keeps.
func Remembered(a *Adapter) int {
	a.trust.mu.Lock()
	defer a.trust.mu.Unlock()
	return len(a.trust.known)
}
