package policy

// Approved is the only state of an app's onboarding in which a channel is live. That
// there is no row says the same: a channel gets its account once its provider agreed.
const Approved = "approved"

// onboardingOf is the row about an app and a channel in the place of the question: of
// that surface, else of its family, else of all.
func (f Facts) onboardingOf(channel string) (OnboardingRow, bool) {
	for _, surface := range [...]string{f.Surface, SurfaceFamily(f.Surface), ""} {
		if row, known := f.Catalogue.onboarding[onboardingKey{f.App, channel, surface}]; known {
			return row, true
		}
	}
	return OnboardingRow{}, false
}

// waits says that the provider has not approved the app there, or does no longer.
func (f Facts) waits(c Channel) bool {
	row, known := f.onboardingOf(c.ID)
	return known && row.State != Approved
}

// onboardingDetail is for staff: to whom else it may be of no concern how far an app is.
func onboardingDetail(f Facts, c Channel) string {
	row, _ := f.onboardingOf(c.ID)
	return remark(row.State+" since "+row.Since.UTC().Format("2006-01-02"), row.Note)
}

func remark(what, note string) string {
	if note == "" {
		return what
	}
	return what + ": " + note
}
