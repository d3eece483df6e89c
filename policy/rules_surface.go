package policy

// surfaceRules are about where the link is open.
var surfaceRules = []rule{
	{name: "surface_blocked", version: 1, order: true, fix: FixOpenElsewhere,
		no:     func(f Facts, _ Channel) bool { return f.closed() != nil },
		way:    func(f Facts, _ Channel) string { return f.closed().Fallback },
		detail: func(f Facts, _ Channel) string { return rowDetail(f, f.closed()) },
		zh:     "在此处无法付款，可换个应用或浏览器打开", en: "Nothing can be paid in this app or browser."},
	{name: "surface_matrix", version: 1, fix: FixOpenElsewhere,
		no:     func(f Facts, c Channel) bool { return f.refuses(f.matrix(c)) },
		way:    func(f Facts, c Channel) string { return f.matrix(c).Fallback },
		detail: func(f Facts, c Channel) string { return rowDetail(f, f.matrix(c)) },
		zh:     "该付款方式在此处不可用，可换个应用打开", en: "This way to pay does not work in this app or browser."},
	{name: "channel_surface", version: 2, asks: true, fix: FixOpenElsewhere,
		no:  func(f Facts, c Channel) bool { return !c.WorksOn(f.Surface) },
		way: fallback,
		zh:  "该付款方式在此处不可用，可换个应用打开", en: "This way to pay does not work in this app or browser."},
}

// fallback is what the matrix advises for a channel there, if it says anything.
func fallback(f Facts, c Channel) string {
	if row := f.matrix(c); row != nil && row.Fallback != "" {
		return row.Fallback
	}
	if row := f.row("", ""); row != nil {
		return row.Fallback
	}
	return ""
}

// rowDetail tells staff which row of the matrix spoke.
func rowDetail(f Facts, row *SurfaceRow) string {
	what := row.Surface + " since " + row.Since.UTC().Format("2006-01-02")
	if row.Works {
		what += ", from version " + row.MinVersion + " on, seen " + f.Version
	}
	return remark(what, row.Note)
}
